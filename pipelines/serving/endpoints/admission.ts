import { TransientError } from '../../stores/errors.ts';
import { choose, type Wish } from './balance.ts';
import type { Trial } from './breaker.ts';
import type { Clock } from './clock.ts';
import type { Place } from './place.ts';
import type { EndpointSettings } from './port.ts';

/** When to come back to a service that is full, in milliseconds. */
const busyRetryMs = 1_000;

/** A place's slot, taken together with its breaker's leave: between the two somebody else could take it. */
export type Slot = { readonly place: Place; readonly trial: Trial };

type Waiter = {
  readonly wish: Wish;
  readonly admit: (slot: Slot) => void;
  readonly refuse: (reason: unknown) => void;
};

export type Admission = {
  /** A slot at one of the places; the promise rejects with the signal's reason, `<code>.busy` or `<code>.down`. */
  take(wish: Wish, signal: AbortSignal | undefined): Slot | Promise<Slot>;
  release(place: Place): void;
  /** Something changed elsewhere: lets in who can be let in. */
  dispatch(): void;
  waiting(): number;
  refuseAll(reason: unknown): void;
};

/**
 * Slots at each place, and one bounded queue in order of arrival before all of them. Cockatiel's bulkhead has a queue
 * for each place and keeps who left it in there until its turn; this one belongs to all, and leaving frees it.
 */
export function openAdmission(
  places: readonly Place[],
  settings: EndpointSettings,
  clock: Clock,
): Admission {
  const queue = new Set<Waiter>();
  const { service, code, concurrency } = settings;

  const choice = (wish: Wish) => choose(places, wish, concurrency, clock.now());
  const taken = (place: Place): Slot => {
    place.running += 1;
    return { place, trial: place.breaker.begin() };
  };
  const busy = () =>
    new TransientError(
      `${service} is busy: ${places.length * concurrency} requests are running and ${queue.size} are waiting.`,
      { code: `${code}.busy`, hint: 'Ask again in a moment.', retryAfterMs: busyRetryMs },
    );
  const down = () =>
    new TransientError(
      `${service} is not asked for a while, since it keeps failing: ${addresses(places)}.`,
      {
        code: `${code}.down`,
        hint: 'Look at the server; it is tried again by itself.',
        retryAfterMs: Math.ceil(Math.min(...places.map(({ breaker }) => breaker.closedForMs()))),
        cause: places.find(({ lastFailure }) => lastFailure !== null)?.lastFailure,
      },
    );
  const dispatch = () => {
    for (const waiter of queue) {
      const chosen = choice(waiter.wish);
      if (chosen === 'wait') return;
      queue.delete(waiter);
      if (chosen === 'none') waiter.refuse(down());
      else waiter.admit(taken(chosen));
    }
  };
  return {
    take(wish, signal) {
      if (signal?.aborted) throw signal.reason;
      const chosen = queue.size === 0 ? choice(wish) : 'wait';
      if (chosen === 'none') throw down();
      if (chosen !== 'wait') return taken(chosen);
      if (queue.size >= settings.queue) throw busy();
      return queued(queue, wish, signal);
    },
    release(place) {
      place.running -= 1;
      if (queue.size > 0) dispatch();
    },
    dispatch,
    waiting: () => queue.size,
    refuseAll(reason) {
      for (const waiter of queue) waiter.refuse(reason);
      queue.clear();
    },
  };
}

function queued(queue: Set<Waiter>, wish: Wish, signal: AbortSignal | undefined): Promise<Slot> {
  const { promise, resolve, reject } = Promise.withResolvers<Slot>();
  const leave = () => {
    queue.delete(waiter);
    reject(signal?.reason);
  };
  const settled = () => signal?.removeEventListener('abort', leave);
  const waiter: Waiter = {
    wish,
    admit(slot) {
      settled();
      resolve(slot);
    },
    refuse(reason) {
      settled();
      reject(reason);
    },
  };
  signal?.addEventListener('abort', leave, { once: true });
  queue.add(waiter);
  return promise;
}

const addresses = (places: readonly Place[]) =>
  places.map(({ endpoint }) => endpoint.url).join(', ');
