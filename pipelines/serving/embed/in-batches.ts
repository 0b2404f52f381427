import { PermanentError } from '../../stores/errors.ts';
import { type BatchLimits, batchesOf, type Placed } from './batches.ts';

export type Sending = {
  readonly limits: BatchLimits;
  /** Batches that are under way at the same time. */
  readonly atOnce: number;
  send(texts: readonly string[], signal: AbortSignal): Promise<readonly Float32Array[]>;
  /**
   * Looks for a text that is too long among those of a batch that was refused.
   *
   * @throws PermanentError `embed.too-long`
   */
  lookForLong(texts: readonly Placed[], signal: AbortSignal): Promise<void>;
};

/**
 * Vectors for any number of texts, in order. A batch that is refused is sent in halves; where it was for its size,
 * further batches are as small: a proxy's limit stands in no `/info`, and TEI says 413 or 422. The first failure stops
 * the rest.
 */
export async function embedInBatches(
  texts: readonly string[],
  sending: Sending,
  signal?: AbortSignal,
): Promise<Float32Array[]> {
  const vectors: Float32Array[] = new Array(texts.length);
  const stop = new AbortController();
  const stopped = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const waiting = [...batchesOf(texts, sending.limits)];

  const work = async () => {
    for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) {
      stopped.throwIfAborted();
      if (batch.length > sending.limits.texts) {
        waiting.unshift(...inHalves(batch));
        continue;
      }
      const made = await sendOrHalve(batch, sending, stopped);
      if (made === 'halve') waiting.unshift(...inHalves(batch));
      else for (const [at, { index }] of batch.entries()) vectors[index] = made[at] as Float32Array;
    }
  };
  const workers = Array.from({ length: Math.min(sending.atOnce, waiting.length) }, work);
  try {
    await Promise.all(workers);
  } finally {
    stop.abort();
    await Promise.allSettled(workers);
  }
  return vectors;
}

async function sendOrHalve(
  batch: readonly Placed[],
  { limits, send, lookForLong }: Sending,
  signal: AbortSignal,
): Promise<readonly Float32Array[] | 'halve'> {
  try {
    return await send(
      batch.map(({ text }) => text),
      signal,
    );
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const tooMany = error.code === 'embed.too-large' || aboutCount.test(error.message);
    if (!tooMany || batch.length === 1) await lookForLong(batch, signal);
    if (batch.length === 1) throw error;
    // Else one text among them is refused: that says nothing of how many a request may hold.
    if (tooMany) limits.texts = Math.min(limits.texts, Math.ceil(batch.length / 2));
    return 'halve';
  }
}

/** TEI's words for an oversized batch, where asking for lengths would be refused the same way. */
const aboutCount = /batch size/iu;

function isRefusal(error: unknown): error is PermanentError {
  if (!(error instanceof PermanentError)) return false;
  return error.code === 'embed.refused' || error.code === 'embed.too-large';
}

function inHalves(batch: readonly Placed[]): Placed[][] {
  const middle = Math.ceil(batch.length / 2);
  return [batch.slice(0, middle), batch.slice(middle)];
}
