import { TransientError } from '../../stores/errors.ts';
import type { Admission, Slot } from './admission.ts';
import { type OpenAttempt, openAttempt } from './attempt.ts';
import { openBudget } from './budget.ts';
import type { Clock } from './clock.ts';
import { book, type Ended } from './outcome.ts';
import type { Place } from './place.ts';
import type { EndpointSettings, Endpoints, Work } from './port.ts';
import { openRetries, type Retries } from './retries.ts';

type Running = Pick<OpenAttempt, 'attempt' | 'within' | 'stop'> & {
  readonly place: Place;
  /** The first result is there: the server answers. */
  begun(): void;
  /** Only the first end counts. */
  finish(ended: Ended): void;
};

/** Leads requests through their attempts. */
export function openRequests(
  places: readonly Place[],
  admission: Admission,
  settings: EndpointSettings,
  clock: Clock,
): Pick<Endpoints, 'call' | 'stream'> & { stop(reason: unknown): void } {
  const { service, code, firstMs, idleMs } = settings;
  const closing = new AbortController();
  const running = new Set<Running>();
  const budget = openBudget(settings.retryBudget);
  const late = (what: string, limitMs: number) =>
    new TransientError(`${service} ${what} ${limitMs} ms.`, {
      code: `${code}.timeout`,
      hint: 'Look at the server’s load, or allow it more time.',
    });

  const retriesOf = ({ signal }: Work) => {
    budget.deposit();
    return openRetries(places, settings, budget, clock, [signal, closing.signal]);
  };
  const begin = async ({ signal, affinity }: Work, retries: Retries): Promise<Running> => {
    closing.signal.throwIfAborted();
    const wish = { affinity, tried: retries.tried };
    const { place, trial } = await taken(admission, wish, signal, retries);
    let began = false;
    const open = openAttempt(place.endpoint, signal, clock, (limitMs) =>
      late(began ? 'began to answer, then was silent for' : 'did not answer within', limitMs),
    );
    const finish = (ended: Ended) => {
      if (!running.delete(attempt)) return;
      open.end();
      book(place, trial, signal?.aborted || closing.signal.aborted ? 'left' : ended, clock.now());
      admission.release(place);
    };
    const begun = () => {
      if (began) return;
      began = true;
      trial.begun();
    };
    const attempt: Running = { ...open, place, begun, finish };
    running.add(attempt);
    if (closing.signal.aborted) open.stop(closing.signal.reason);
    return attempt;
  };
  const isOver = ({ signal }: Work) => signal?.aborted || closing.signal.aborted;

  return {
    async call(work, run) {
      const retries = retriesOf(work);
      for (;;) {
        const { attempt, within, place, finish } = await begin(work, retries);
        try {
          const result = await within(firstMs, async () => run(attempt));
          finish('succeeded');
          return result;
        } catch (error) {
          finish({ error });
          if (isOver(work)) throw error;
          await retries.after(error, place);
        }
      }
    },
    async *stream(work, run) {
      const retries = retriesOf(work);
      for (;;) {
        const { attempt, within, place, begun, finish } = await begin(work, retries);
        let shown = false;
        let iterator: AsyncIterator<unknown> | undefined;
        try {
          const results = run(attempt)[Symbol.asyncIterator]();
          iterator = results;
          for (;;) {
            const result = await within(shown ? idleMs : firstMs, () => results.next());
            if (result.done) {
              finish('succeeded');
              return;
            }
            begun();
            shown = true;
            yield result.value;
          }
        } catch (error) {
          finish({ error });
          if (shown || isOver(work)) throw error;
          await retries.after(error, place);
        } finally {
          finish(shown ? 'succeeded' : 'left');
          // The work may not listen to its signal: what it still does is nobody's concern.
          iterator?.return?.()?.then(undefined, () => {});
        }
      }
    },
    stop(reason) {
      closing.abort(reason);
      admission.refuseAll(reason);
      for (const { stop } of running) stop(reason);
    },
  };
}

/** A request that was tried already fails of what it failed of, not of there being no room to try again. */
async function taken(
  admission: Admission,
  wish: Parameters<Admission['take']>[0],
  signal: AbortSignal | undefined,
  { failure }: Retries,
): Promise<Slot> {
  try {
    return await admission.take(wish, signal);
  } catch (error) {
    throw failure !== null && !signal?.aborted ? failure : error;
  }
}
