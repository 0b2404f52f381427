import type { Core } from '../core.ts';
import type { Faults } from '../faults.ts';
import type { Delivery, EnvelopeType, Interaction } from '../types.ts';

/** Everything that goes to the app, and what comes back. */
export type Outbox = {
  event(name: string, eventId: string, payload: Payload): void;
  /** Resolves once acknowledged, or once Slack gives up on it: interactions are not repeated. */
  interaction(
    type: 'slash_commands' | 'interactive',
    name: string,
    payload: Payload,
  ): Promise<Interaction>;
  /** A fresh address for one socket connection. */
  connectionUrl(): string;
  /** Whether something waits for its acknowledgement, or for its turn. */
  readonly busy: boolean;
  close(): void;
};

export type Payload = Readonly<Record<string, unknown>>;

export type Parcel = {
  readonly type: EnvelopeType;
  readonly name: string;
  readonly eventId: string | undefined;
  readonly payload: Payload;
  readonly attempt: number;
  readonly reason: string | undefined;
  readonly settle: (interaction: Interaction) => void;
};

export type Attempt = {
  readonly parcel: Parcel;
  readonly delivery: Delivery;
  /** Reports what became of it; later reports are checked for lateness only. */
  acknowledged(payload: unknown): void;
  /** `reason` in Slack's words; the deadline passed, or the way broke. */
  lost(reason: string, isMistake: boolean): void;
};

export type Transport = {
  readonly via: 'socket' | 'http';
  /** Takes the parcel on its way; false when there is no way now. */
  send(attempt: Attempt): boolean;
};

export type Router = Omit<Outbox, 'connectionUrl'> & {
  /** There is a way again: what waited goes out. */
  flush(): void;
};

export function openRouter(core: () => Core, faults: Faults, transport: () => Transport): Router {
  const held: Parcel[] = [];
  const timers = new Set<NodeJS.Timeout>();
  let waiting = 0;
  let closed = false;

  const later = (delayMs: number, run: () => void): NodeJS.Timeout => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      run();
    }, delayMs);
    timers.add(timer);
    return timer;
  };

  const forget = (timer: NodeJS.Timeout): void => {
    clearTimeout(timer);
    timers.delete(timer);
  };

  const again = (parcel: Parcel, reason: string): void => {
    const delayMs = core().settings.retryDelaysMs[parcel.attempt];
    if (delayMs === undefined || closed) return;
    later(delayMs, () => send({ ...parcel, attempt: parcel.attempt + 1, reason }));
  };

  const send = (parcel: Parcel): void => {
    const { settings, changes, deliveries, ids, violate } = core();
    const { via } = transport();
    const delivery: Delivery = {
      type: parcel.type,
      envelopeId: ids.uuid(),
      eventId: parcel.eventId,
      name: parcel.name,
      payload: parcel.payload,
      attempt: parcel.attempt,
      via,
      state: 'waiting',
      latencyMs: undefined,
      ackPayload: undefined,
    };
    const sentMs = performance.now();
    const isEvent = parcel.type === 'events_api';
    const attempt: Attempt = {
      parcel,
      delivery,
      acknowledged: (payload) => {
        delivery.latencyMs = performance.now() - sentMs;
        if (delivery.state !== 'waiting') {
          if (delivery.state === 'lost') delivery.state = 'late';
          return;
        }
        forget(deadline);
        waiting -= 1;
        delivery.ackPayload = payload;
        if (isEvent && faults.losesAck()) {
          delivery.state = 'lost';
          again(parcel, via === 'http' ? 'http_timeout' : 'timeout');
        } else {
          delivery.state = 'acknowledged';
          parcel.settle({ outcome: 'acknowledged', payload });
        }
        changes.changed();
      },
      lost: (reason, isMistake) => {
        if (delivery.state !== 'waiting') return;
        forget(deadline);
        waiting -= 1;
        delivery.state = 'lost';
        const timedOut = reason.endsWith('timeout');
        if (isMistake) {
          const code = timedOut ? 'late_ack' : reason;
          violate(code, via, `${parcel.name} was not acknowledged in order: ${reason}`, delivery);
        }
        if (isEvent) again(parcel, reason);
        parcel.settle({
          outcome: timedOut ? 'operation_timeout' : 'dispatch_failed',
          payload: undefined,
        });
        changes.changed();
      },
    };
    const deadline = later(settings.ackDeadlineMs, () =>
      attempt.lost(via === 'http' ? 'http_timeout' : 'timeout', true),
    );
    waiting += 1;
    if (transport().send(attempt)) {
      deliveries.push(delivery);
      return;
    }
    forget(deadline);
    waiting -= 1;
    // Nobody is connected: events wait for a connection, people are told at once.
    if (isEvent) held.push(parcel);
    else parcel.settle({ outcome: 'dispatch_failed', payload: undefined });
  };

  /** Not in the middle of whatever caused it: the platform's events come after its answers. */
  const leave = (parcels: readonly Parcel[]): void => {
    for (const parcel of parcels) {
      waiting += 1;
      later(0, () => {
        waiting -= 1;
        send(parcel);
      });
    }
  };
  faults.whenCleared(leave);

  return {
    event: (name, eventId, payload) => {
      const parcel: Parcel = {
        type: 'events_api',
        name,
        eventId,
        payload,
        attempt: 0,
        reason: undefined,
        settle: () => {},
      };
      const copies = faults.doubles() ? [parcel, parcel] : [parcel];
      for (const copy of copies) leave(faults.order(copy));
    },
    interaction: (type, name, payload) =>
      new Promise((settle) => {
        send({ type, name, eventId: undefined, payload, attempt: 0, reason: undefined, settle });
      }),
    get busy() {
      return waiting > 0;
    },
    flush: () => {
      for (const parcel of held.splice(0)) send(parcel);
    },
    close: () => {
      closed = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
