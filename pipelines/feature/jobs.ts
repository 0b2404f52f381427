import { z } from 'zod';
import type { JobContext, JobHandler, Queues } from '../queues/port.ts';
import type { DocumentEvent, FeatureEvent } from './events.ts';
import { chunkPolicy } from './policy.ts';
import { requestSync } from './request-sync.ts';
import { applySlice } from './slices/apply.ts';
import { leftOf, type Round, roundKey, roundOf, roundSchema } from './slices/round.ts';
import { type Slice, sliceKey, sliceSchema } from './slices/slice.ts';
import { planWave, usualWave, type WaveSize } from './slices/wave.ts';
import { type FeaturePipeline, paceOf, syncFeatures } from './sync.ts';
import { targetOf } from './target.ts';

export type FeatureJobs = {
  readonly pipeline: FeaturePipeline;
  readonly queues: Pick<Queues, 'enqueue' | 'enqueueFlow' | 'jobs'>;
  /** Told everything that a job comes to. */
  readonly told?: (event: FeatureEvent | RoundEvent) => void;
  /** More changes than this are cut into slices that workers share; fewer are made at once. Default 200. */
  readonly alone?: number;
  readonly wave?: WaveSize;
};

export type RoundEvent =
  | {
      readonly type: 'wave';
      readonly set: string;
      readonly slices: number;
      readonly documents: number;
    }
  /** Its slices are done, and nothing is less behind than before. */
  | { readonly type: 'stuck'; readonly set: string; readonly documents: number };

/** A slice is worth more patience than a server takes to start again: it is tried for about four minutes. */
const sliceAttempts = 8;
const noteEvery = 10;

const payloadSchema = z.object({ slice: sliceSchema.optional(), round: roundSchema.optional() });

/**
 * The handler of the queue `features`. `sync` compares the stores and does what is to be done: a few changes at once,
 * many as slices, which end in a job that compares again. A slice is only a proposal: whatever becomes of it, what is
 * left is found by the next comparison.
 */
export function featureHandler(work: FeatureJobs): JobHandler {
  return async (payload, context) => {
    const { slice, round } = payloadSchema.parse(payload);
    if (slice) await makeSlice(work, slice, context);
    else if (round) await endRound(work, round, context.signal);
    else await sync(work, context.signal);
  };
}

async function sync(work: FeatureJobs, signal: AbortSignal): Promise<void> {
  const { pipeline, told, alone = 200 } = work;
  const open = await openWork(work);
  const elsewhere = open.documents;
  for await (const event of syncFeatures(pipeline, { elsewhere, signal })) {
    told?.(event);
    if (event.type !== 'plan' || event.put + event.remove <= alone) continue;
    // What a round has not come to yet is cut when it ends.
    if (!open.rounds.has(event.set)) await startRound(work, elsewhere, signal);
    return;
  }
}

async function startRound(
  { pipeline, queues, told, wave = usualWave }: FeatureJobs,
  elsewhere: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<void> {
  const pace = paceOf(pipeline);
  const { recipe } = await targetOf(pipeline, { rebuild: false, policy: chunkPolicy, pace });
  const { set } = recipe;
  const except = (id: string) => elsewhere.has(id);
  const planned = await planWave(pipeline, recipe, { except, signal }, wave);
  const slices = planned.map(({ slice }) => slice);
  const round = roundOf(set, slices);
  const { created } = await queues.enqueueFlow({
    queue: 'features',
    key: roundKey(round),
    payload: { round },
    after: planned.map(({ author, slice }) => ({
      queue: 'features',
      key: sliceKey(slice),
      payload: { slice },
      options: { group: author, maxAttempts: sliceAttempts },
    })),
  });
  if (!created) return;
  const documents = slices.reduce((sum, slice) => sum + slice.documents.length, 0);
  told?.({ type: 'wave', set, slices: slices.length, documents });
}

/** What is left goes on in the next run; where slices came to nothing, here, so that it comes to its verdict. */
async function endRound(
  { pipeline, queues, told }: FeatureJobs,
  round: Round,
  signal: AbortSignal,
): Promise<void> {
  const left = await leftOf(round, pipeline, signal);
  if (!left.stuck) return await requestSync(queues, signal);
  told?.({ type: 'stuck', set: round.set, documents: left.documents });
  for await (const event of syncFeatures(pipeline, { signal })) told?.(event);
}

async function makeSlice(
  { pipeline, told }: FeatureJobs,
  slice: Slice,
  { signal, progress }: JobContext,
): Promise<void> {
  let done = 0;
  for await (const event of applySlice(pipeline, slice, paceOf(pipeline), signal)) {
    told?.(event satisfies DocumentEvent);
    done++;
    if (done % noteEvery === 0) await progress(done / slice.documents.length);
  }
}

/** The documents of slices that wait or are made now, which others are at, and the sets whose round goes on. */
async function openWork({ queues }: FeatureJobs): Promise<{
  readonly documents: ReadonlySet<string>;
  readonly rounds: ReadonlySet<string>;
}> {
  const documents = new Set<string>();
  const rounds = new Set<string>();
  for (const state of ['waiting', 'running'] as const) {
    for (const { payload } of await queues.jobs({ queue: 'features', state })) {
      const { slice, round } = payloadSchema.safeParse(payload).data ?? {};
      for (const [id] of slice?.documents ?? []) documents.add(id);
      // One that runs is about to ask for the next.
      if (round && state === 'waiting') rounds.add(round.set);
    }
  }
  return { documents, rounds };
}
