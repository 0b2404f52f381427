import type { Parcel } from './delivery/outbox.ts';
import { openRandom } from './ids.ts';
import type { Fault, Faults as PublicFaults } from './types.ts';

/** The scripted misbehaviour, with what the server asks of it. */
export type Faults = {
  readonly script: PublicFaults;
  /** What meets this call of a method, if anything. */
  meets(method: string): Fault | undefined;
  /** For a stream that opens now. */
  streamEnd(): { readonly appends?: number; readonly characters?: number } | undefined;
  /** Whether this event goes out twice. */
  doubles(): boolean;
  /** Hands events on in the order in which they leave. */
  order(event: Parcel): readonly Parcel[];
  /** Told of the events that were held back when the faults are cleared. */
  whenCleared(release: (held: readonly Parcel[]) => void): void;
  losesAck(): boolean;
};

type Rule = {
  readonly method: string;
  readonly applies: () => Fault | undefined;
};

export function openFaults(seed: number): Faults {
  // Each its own: otherwise an envelope more would change which call fails.
  const ofCalls = openRandom(seed);
  const ofEnvelopes = openRandom(seed + 1);
  const injected: { where: string; kind: string }[] = [];
  const once: { method: string; fault: Fault }[] = [];
  const rules: Rule[] = [];
  let streamEnds: { appends?: number; characters?: number }[] = [];
  let everyStream: { appends?: number; characters?: number } | undefined;
  let doubled = 0;
  let doubleProbability = 0;
  let lost = 0;
  let window = 0;
  let held: Parcel[] = [];
  let release: (events: readonly Parcel[]) => void = () => {};
  const note = (where: string, kind: string): true => {
    injected.push({ where, kind });
    return true;
  };
  const concerns = (rule: string, method: string): boolean => rule === '*' || rule === method;

  return {
    script: {
      injected,
      next: (method, fault, times = 1) => {
        once.push(...Array.from({ length: times }, () => ({ method, fault })));
      },
      every: (n, method, fault) => {
        let count = 0;
        rules.push({ method, applies: () => (++count % n === 0 ? fault : undefined) });
      },
      randomly: (probability, method, faults) => {
        const drawn = Array.isArray(faults) ? (faults as Fault[]) : [faults as Fault];
        rules.push({
          method,
          applies: () =>
            ofCalls() < probability ? drawn[Math.floor(ofCalls() * drawn.length)] : undefined,
        });
      },
      expireStreams: ({ times, ...after }) => {
        if (times === undefined) everyStream = after;
        else streamEnds.push(...Array.from({ length: times }, () => after));
      },
      duplicateEnvelopes: (times = 1) => {
        doubled += times;
      },
      duplicateRandomly: (probability) => {
        doubleProbability = probability;
      },
      reorderEnvelopes: (size) => {
        window = size;
      },
      loseAcks: (times = 1) => {
        lost += times;
      },
      clear: () => {
        once.length = 0;
        rules.length = 0;
        streamEnds = [];
        everyStream = undefined;
        doubled = 0;
        doubleProbability = 0;
        lost = 0;
        window = 0;
        release(held.splice(0));
      },
    },
    meets: (method) => {
      const at = once.findIndex((rule) => concerns(rule.method, method));
      const scripted = at < 0 ? undefined : once.splice(at, 1)[0]?.fault;
      const fault =
        scripted ??
        rules
          .filter((rule) => concerns(rule.method, method))
          .map(({ applies }) => applies())
          .find((found) => found !== undefined);
      if (fault !== undefined) note(method, fault.kind);
      return fault;
    },
    streamEnd: () => {
      const end = streamEnds.shift() ?? everyStream;
      if (end !== undefined) note('stream', 'expires');
      return end;
    },
    doubles: () => {
      if (doubled > 0) {
        doubled -= 1;
        return note('envelope', 'duplicate');
      }
      return (
        doubleProbability > 0 && ofEnvelopes() < doubleProbability && note('envelope', 'duplicate')
      );
    },
    order: (event) => {
      held.push(event);
      if (window === 0) return held.splice(0);
      if (held.length < window) return [];
      const out = held.reverse();
      held = [];
      window = 0;
      note('envelope', 'reorder');
      return out;
    },
    whenCleared: (listener) => {
      release = listener;
    },
    losesAck: () => {
      if (lost === 0) return false;
      lost -= 1;
      return note('envelope', 'lost_ack');
    },
  };
}
