import { randomUUID } from 'node:crypto';
import { Agent, type Dispatcher } from 'undici';
import type { z } from 'zod';
import { parsedJson } from '../../json.ts';
import { type Clock, systemClock } from '../../serving/endpoints/clock.ts';
import { openEndpoints } from '../../serving/endpoints/open.ts';
import type { Attempt, EndpointSettings, EndpointState } from '../../serving/endpoints/port.ts';
import { PermanentError } from '../../stores/errors.ts';
import { asAnswerError } from '../failure.ts';
import type { Inference } from '../port.ts';
import { aboutPath, aboutSchema, type requestSchema } from '../protocol/question.ts';
import type { RemoteInferenceEnvironment } from './environment.ts';
import { answerEvents } from './events.ts';
import { code, exchange, service } from './exchange.ts';

/** How long each step may take, in milliseconds. */
export type RemoteTimeouts = {
  /** Until a connection stands. */
  readonly connectMs: number;
  /** Until the service shows first that it works on the question, or that it keeps it in line. */
  readonly firstMs: number;
  /** Silence after that; services give a sign of life every five seconds. */
  readonly idleMs: number;
  /** For a whole answer, the time in line included. */
  readonly totalMs: number;
};

const usual: RemoteTimeouts = {
  connectMs: 2_000,
  firstMs: 10_000,
  idleMs: 15_000,
  totalMs: 120_000,
};

export type RemoteAnsweringSettings = RemoteInferenceEnvironment & {
  readonly timeouts?: Partial<RemoteTimeouts>;
  readonly clock?: Clock;
};

export type RemoteAnswering = Inference & {
  /** Answers that are worth asking for at once: the services themselves decide how many of them run. */
  readonly atOnce: number;
  /** What is known of each address; for readiness, metrics and `doctor`. */
  states(): readonly EndpointState[];
  close(): Promise<void>;
};

/** Enough for services to be the ones that limit: they tell when they are full. */
const concurrency = 256;
/** Answers may begin up to this late after an idle time without a new connection, in milliseconds. */
const keepAliveTimeout = 60_000;

/** Tried a second time, elsewhere where there is an elsewhere, and only while nothing of the answer has come. */
const settings: Omit<EndpointSettings, 'firstMs' | 'idleMs'> = {
  service,
  code,
  concurrency,
  queue: 0,
  attempts: 2,
  retryBudget: 0.2,
  healthPath: '/health/ready',
};

/**
 * The inference pipeline in processes of its own. One of the addresses has to answer when this is opened: one that is
 * named and cannot be used is an error, never a reason to answer in some other way.
 *
 * @throws as `about` does
 */
export async function openRemoteAnswering(
  { urls, token, timeouts, clock = systemClock }: RemoteAnsweringSettings,
  signal?: AbortSignal,
): Promise<RemoteAnswering> {
  const { connectMs, totalMs, ...waits } = { ...usual, ...timeouts };
  const dispatcher = new Agent({ connect: { timeout: connectMs }, keepAliveTimeout });
  const endpoints = openEndpoints(
    urls.map((url) => ({ url, ...(token !== undefined && { token }) })),
    { ...settings, ...waits },
    clock,
  );
  const close = async () => {
    await endpoints.close();
    await dispatcher.destroy();
  };
  try {
    const work = signal ? { signal } : {};
    let { release } = await endpoints.call(work, (attempt) => about(attempt, dispatcher));
    return {
      get release() {
        return release;
      },
      atOnce: concurrency * urls.length,
      states: endpoints.states,
      close,
      async *ask(question, asker) {
        asker?.throwIfAborted();
        const request: z.input<typeof requestSchema> = { id: randomUUID(), question };
        const body = JSON.stringify(request);
        const late = new AbortController();
        const inTime = clock.after(totalMs, () => late.abort());
        const stop = asker ? AbortSignal.any([asker, late.signal]) : late.signal;
        try {
          const events = endpoints.stream({ signal: stop }, (attempt) =>
            answerEvents(attempt, dispatcher, body),
          );
          for await (const event of events) {
            if (event.type === 'begun') release = event.release;
            yield event;
          }
        } catch (failure) {
          asker?.throwIfAborted();
          const limit = { deadline: late.signal, deadlineMs: totalMs };
          yield { type: 'error', trace: randomUUID(), error: asAnswerError(failure, limit) };
        } finally {
          inTime();
        }
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * What a service tells of itself.
 *
 * @throws TransientError `inference.down` where nothing answers; PermanentError `inference.unauthorised` for a wrong
 *   token, `inference.misunderstood` where something else listens there, or another version
 */
async function about(
  attempt: Pick<Attempt, 'endpoint' | 'signal'>,
  dispatcher: Dispatcher,
): Promise<z.infer<typeof aboutSchema>> {
  const { body } = await exchange(attempt, dispatcher, aboutPath);
  const parsed = aboutSchema.safeParse(parsedJson(await body.text()));
  if (parsed.success) return parsed.data;
  throw new PermanentError(
    `${service} at ${attempt.endpoint.url} is none, or one of another version.`,
    {
      code: 'inference.misunderstood',
      hint: 'Check INFERENCE_URL, and that bots and inference are of the same version.',
    },
  );
}
