import type { Job as BullJob } from 'bullmq';
import { z } from 'zod';
import { type Job, type JobPayload, type JobState, type QueueName, queueNames } from '../port.ts';
import type { Carrier } from '../trace-context.ts';

/** What BullMQ keeps as a job's data is its payload; the rest of what we know is among its options. */
const payloadOf = z.record(z.string(), z.unknown());
const optionsOf = z.object({
  attempts: z.number(),
  group: z.string().optional(),
  carrier: z.record(z.string(), z.string()).optional(),
});
const keptOf = z.object({
  name: z.string(),
  data: z.string(),
  opts: z.string(),
  timestamp: z.coerce.number(),
  delay: z.coerce.number().default(0),
  ats: z.coerce.number().default(0),
  number: z.coerce.number().default(0),
  progress: z.coerce.number().optional(),
  failedReason: z.string().optional(),
  processedOn: z.coerce.number().optional(),
  finishedOn: z.coerce.number().optional(),
});

/** A job as read, with its place in the order of creation within its queue. */
export type KeptJob = { readonly job: Job; readonly number: number };

export function optionsFor(maxAttempts: number, group: string, carrier: Carrier): string {
  const traced = Object.keys(carrier).length > 0;
  return JSON.stringify({
    attempts: maxAttempts,
    group: group || undefined,
    carrier: traced ? carrier : undefined,
  });
}

/** The queue's name is in the id, so that a job is found by its id alone. */
export function queueOf(id: string): QueueName | undefined {
  return queueNames.find((name) => id.startsWith(`${name}.`));
}

/** From Redis's list of fields and values; undefined where the job is no longer there. */
export function readKept(
  id: string,
  fields: unknown,
  state: JobState,
  waitsFor: number,
): KeptJob | undefined {
  const queue = queueOf(id);
  const flat = z.array(z.string()).parse(fields);
  if (!queue || flat.length === 0) return undefined;
  const pairs: Record<string, string> = {};
  for (let index = 0; index < flat.length; index += 2)
    pairs[flat[index] ?? ''] = flat[index + 1] ?? '';
  const kept = keptOf.parse(pairs);
  const options = optionsOf.parse(JSON.parse(kept.opts));
  const job: Job = {
    id,
    queue,
    key: kept.name,
    group: options.group ?? null,
    payload: payloadOf.parse(JSON.parse(kept.data)),
    state,
    attempts: kept.ats,
    maxAttempts: options.attempts,
    reason: kept.failedReason ?? null,
    progress: state === 'done' ? 1 : (kept.progress ?? null),
    waitsFor,
    createdAt: iso(kept.timestamp),
    runAt: iso(kept.timestamp + kept.delay),
    startedAt: isoOrNull(kept.processedOn),
    finishedAt: isoOrNull(kept.finishedOn),
  };
  return { job, number: kept.number };
}

/** A job as BullMQ hands it to its processor. */
export function startedJob(
  queue: QueueName,
  started: BullJob,
): { readonly job: Job; readonly carrier: Carrier } {
  const { attempts, group = '', carrier = {} } = started.opts as z.infer<typeof optionsOf>;
  return { job: new StartedJob(queue, started, attempts, group), carrier };
}

/**
 * Its dates are written only for those who ask, as they are a good part of what a job costs that does
 * nothing; by a class, since getters of a plain object cost as much as the dates.
 */
class StartedJob implements Job {
  readonly id: string;
  readonly queue: QueueName;
  readonly key: string;
  readonly group: string | null;
  readonly payload: JobPayload;
  readonly state = 'running';
  readonly attempts: number;
  readonly maxAttempts: number;
  readonly reason: string | null;
  readonly progress = null;
  readonly waitsFor = 0;
  readonly finishedAt = null;
  readonly #createdAt: number;
  readonly #delayMs: number;
  readonly #startedAt: number;

  constructor(queue: QueueName, started: BullJob, maxAttempts: number, group: string) {
    this.id = started.id ?? '';
    this.queue = queue;
    this.key = started.name;
    this.group = group || null;
    // Written by ourselves, and parsed by the handler's own schema: no need to look at it twice.
    this.payload = started.data as JobPayload;
    this.attempts = started.attemptsStarted;
    this.maxAttempts = maxAttempts;
    this.reason = started.failedReason ?? null;
    // BullMQ changes its own record of these while the job runs.
    this.#createdAt = started.timestamp;
    this.#delayMs = started.delay;
    this.#startedAt = started.processedOn ?? Date.now();
  }

  get createdAt(): string {
    return iso(this.#createdAt);
  }

  get runAt(): string {
    return iso(this.#createdAt + this.#delayMs);
  }

  get startedAt(): string {
    return iso(this.#startedAt);
  }
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

function isoOrNull(at: number | undefined): string | null {
  return at === undefined ? null : iso(at);
}
