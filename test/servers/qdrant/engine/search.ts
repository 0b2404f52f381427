import type { Collection, Point } from './collection.ts';
import { matching, type Passes, passing } from './filter.ts';
import type { Scored } from './ranking.ts';
import type { Filter, SearchParams } from './requests.ts';
import { dot, type Sparse } from './vectors.ts';

export type Asked = {
  readonly vector: Float32Array | Sparse;
  readonly using: string;
  readonly filter: Filter | null | undefined;
  readonly params: SearchParams | null | undefined;
  /** Only these are looked at; all when absent. */
  readonly among?: ReadonlySet<Point>;
};

/** Every point that has the vector and passes, with its score, exact and in no order. */
export function nearest(collection: Collection, asked: Asked): Iterable<Scored> {
  const { vector } = asked;
  return vector instanceof Float32Array
    ? denseScores(collection, vector, asked)
    : sparseScores(collection, vector, asked);
}

function* denseScores(
  collection: Collection,
  vector: Float32Array,
  { using, filter, among }: Asked,
): Iterable<Scored> {
  const passes = filter && among ? passing(filter, collection) : () => true;
  for (const point of among ?? matching(collection, filter)) {
    const own = point.vectors.dense.get(using);
    if (own && passes(point)) yield { point, score: dot(own, vector) };
  }
}

function* sparseScores(
  collection: Collection,
  vector: Sparse,
  { using, filter, params, among }: Asked,
): Iterable<Scored> {
  const postings = collection.postings.get(using);
  if (!postings) return;
  const passes: Passes = filter ? passing(filter, collection) : () => true;
  const query = weighed(collection, vector, using, params);
  for (const [point, score] of postings.score(query)) {
    if ((!among || among.has(point)) && passes(point)) yield { point, score };
  }
}

/**
 * The query's weights times the inverse document frequency, where the collection's modifier says so:
 * `ln((N - df + 0.5) / (df + 0.5) + 1)` in float32 (`fancy_idf` in `lib/segment/src/data_types/query_context.rs`), N being
 * the points that have the vector. Filters change neither, `params.idf.corpus` does. The real server's segments count
 * removed points too until the optimizer has passed: there the numbers lag.
 */
function weighed(
  collection: Collection,
  { indices, values }: Sparse,
  using: string,
  params: SearchParams | null | undefined,
): Sparse {
  const postings = collection.postings.get(using);
  if (!postings || collection.names.sparse.get(using)?.modifier !== 'idf') {
    return { indices, values };
  }
  const corpus = typeof params?.idf === 'object' ? params.idf?.corpus : undefined;
  const { count, frequency } = corpus ? corpusStatistics(collection, using, corpus) : postings;
  const n = count();
  const { fround } = Math;
  const idf = (df: number) =>
    fround(Math.log(fround(fround(fround(n - df + 0.5) / fround(df + 0.5)) + 1)));
  return { indices, values: values.map((weight, at) => weight * idf(frequency(indices[at] ?? 0))) };
}

function corpusStatistics(collection: Collection, using: string, corpus: Filter) {
  const passes = passing(corpus, collection);
  const postings = collection.postings.get(using);
  const having = Array.from(collection.points.values()).filter(
    (point) => point.vectors.sparse.has(using) && passes(point),
  );
  return {
    count: () => having.length,
    frequency: (dimension: number) =>
      Array.from(postings?.holders(dimension) ?? []).filter(passes).length,
  };
}
