import type { Embedder } from '../serving/embed/port.ts';
import { PermanentError } from '../stores/errors.ts';

/** Passages to vectors, a batch at a time. */
export async function embedPassages(
  embedder: Embedder,
  texts: readonly string[],
  batch: number,
  signal?: AbortSignal,
): Promise<Float32Array[]> {
  const vectors: Float32Array[] = [];
  for (let from = 0; from < texts.length; from += batch) {
    signal?.throwIfAborted();
    vectors.push(...(await embedBatch(embedder, texts.slice(from, from + batch), signal)));
  }
  return vectors;
}

/** The embedder says that a text is too long, not which: it is looked for by halves. */
async function embedBatch(
  embedder: Embedder,
  texts: readonly string[],
  signal?: AbortSignal,
): Promise<readonly Float32Array[]> {
  const [only, another] = texts;
  if (only !== undefined && another === undefined) {
    return [await embedInParts(embedder, only, signal)];
  }
  try {
    return await embedder.embed(texts, 'passage', signal);
  } catch (error) {
    if (!tooLong(error)) throw error;
    const middle = texts.length >> 1;
    const first = await embedBatch(embedder, texts.slice(0, middle), signal);
    return [...first, ...(await embedBatch(embedder, texts.slice(middle), signal))];
  }
}

/**
 * A passage longer than the model takes is embedded in halves, and the mean of their directions stands
 * for it: nothing of it is cut away.
 */
async function embedInParts(
  embedder: Embedder,
  text: string,
  signal?: AbortSignal,
): Promise<Float32Array> {
  try {
    const [vector] = await embedder.embed([text], 'passage', signal);
    if (vector) return vector;
    throw new PermanentError('The embedder returned no vector.', { code: 'embed.no-vector' });
  } catch (error) {
    if (!tooLong(error) || text.length < 2) throw error;
    const middle = cutNear(text, text.length >> 1);
    const halves = [text.slice(0, middle), text.slice(middle)];
    const vectors: Float32Array[] = [];
    for (const half of halves) vectors.push(await embedInParts(embedder, half, signal));
    return meanDirection(vectors, embedder.identity.dimensions);
  }
}

function tooLong(error: unknown): boolean {
  return error instanceof PermanentError && error.code === 'embed.too-long';
}

function cutNear(text: string, middle: number): number {
  const blank = text.indexOf(' ', middle);
  if (blank > 0 && blank < text.length - 1) return blank + 1;
  const code = text.charCodeAt(middle);
  return code >= 0xdc00 && code <= 0xdfff ? middle + 1 : middle;
}

function meanDirection(vectors: readonly Float32Array[], dimensions: number): Float32Array {
  const mean = new Float32Array(dimensions);
  for (const vector of vectors) {
    for (const [index, value] of vector.entries()) mean[index] = (mean[index] ?? 0) + value;
  }
  const length = Math.hypot(...mean) || 1;
  return mean.map((value) => value / length);
}
