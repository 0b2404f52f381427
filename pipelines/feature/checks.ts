import { queryTerms, stem } from '../stores/features/lexical.ts';
import type { FeatureStore } from '../stores/features/port.ts';
import type { Document } from '../stores/warehouse/document.ts';
import type { Reason } from './events.ts';
import { countChanges, type Stores } from './plan.ts';

/** Known items asked for, and how far down the list they may be. */
const sampleSize = 50;
const depth = 10;
const rarest = 6;

/**
 * Whether the set `candidate` may take the place of `current`: it must hold every live document, and find
 * known items no worse. Returns why not, or undefined.
 */
export async function whyNotSwitch(
  stores: Stores,
  candidate: string,
  current: string,
  signal?: AbortSignal,
): Promise<Reason | undefined> {
  const { put: missing } = await countChanges(stores, candidate, { signal });
  if (missing > 0) {
    return {
      code: 'features.incomplete',
      message: `${missing} live documents are missing from ${candidate}.`,
      hint: 'The documents that failed say why; when that is put right, run `understudy features` again.',
    };
  }
  const { found, before, asked } = await knownItemRecall(stores, candidate, current, signal);
  if (found < before) {
    return {
      code: 'features.recall',
      message: `${candidate} finds ${found} of ${asked} known documents in its first ${depth} passages, ${current} found ${before}.`,
      hint: 'The new policy or embedder finds less: compare them with `npm run bench -- retrieval` before you go on.',
    };
  }
  return undefined;
}

/**
 * Asks both sets for the same documents by their rarest words. The sample is the first documents in id
 * order: ids are hashes, so it is as good as random and the same every time.
 */
async function knownItemRecall(
  { warehouse, features }: Stores,
  candidate: string,
  current: string,
  signal?: AbortSignal,
): Promise<{ readonly found: number; readonly before: number; readonly asked: number }> {
  let found = 0;
  let before = 0;
  let asked = 0;
  for await (const document of warehouse.documents()) {
    signal?.throwIfAborted();
    if (asked >= sampleSize) break;
    const query = await knownItemQuery(features, candidate, document);
    if (query === '') continue;
    asked++;
    if (await finds(features, candidate, query, document.id)) found++;
    if (await finds(features, current, query, document.id)) before++;
  }
  return { found, before, asked };
}

async function knownItemQuery(
  features: FeatureStore,
  set: string,
  { title, content }: Document,
): Promise<string> {
  const words = new Map<string, string>();
  for (const { term } of queryTerms(content)) {
    if (term.length > 3) words.set(stem(term), term);
  }
  const { documentFrequency } = await features.lexicalStatistics(set, [...words.keys()]);
  const frequency = (root: string) => documentFrequency.get(root) ?? 0;
  const rare = [...words.keys()]
    .filter((root) => frequency(root) > 0)
    .sort((a, b) => frequency(a) - frequency(b) || (a < b ? -1 : 1))
    .slice(0, rarest)
    .map((root) => words.get(root));
  return [title, ...rare].join(' ').trim();
}

async function finds(
  features: FeatureStore,
  set: string,
  query: string,
  documentId: string,
): Promise<boolean> {
  const results = await features.searchLexical(set, queryTerms(query), { limit: depth });
  return results.some(({ chunk }) => chunk.documentId === documentId);
}
