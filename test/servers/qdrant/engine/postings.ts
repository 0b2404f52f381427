import type { Point } from './collection.ts';
import type { Sparse } from './vectors.ts';

/** Who has a dimension, and how much of it; `live` counts those that are still there. */
type Posting = { places: Uint32Array; weights: Float32Array; length: number; live: number };

/** The inverted index of one sparse vector name. */
export type Postings = {
  add(point: Point, vector: Sparse): void;
  remove(point: Point, vector: Sparse): void;
  /** Points with the vector: the N of the inverse document frequency. */
  count(): number;
  /** Of those, how many have the dimension. */
  frequency(dimension: number): number;
  /** Everybody who has the dimension. */
  holders(dimension: number): Iterable<Point>;
  /** Float32 scores of everybody that shares a dimension with the query, in no order; a score of 0 is none. */
  score(query: Sparse): Iterable<readonly [Point, number]>;
};

/**
 * Each stored vector has a place that grows; places of removed ones stay empty until half are, so that neither storing
 * nor removing looks at more than the vector's own dimensions.
 */
export function openPostings(): Postings {
  let points: (Point | undefined)[] = [];
  let places = new Map<Point, number>();
  let postings = new Map<number, Posting>();
  let scores = new Float32Array(0);
  let seen = new Uint8Array(0);

  const compact = () => {
    const kept = points.filter((point) => point !== undefined);
    const moved = new Map(kept.map((point, at) => [places.get(point), at]));
    const before = postings;
    postings = new Map();
    for (const [dimension, posting] of before) {
      if (posting.live === 0) continue;
      const fresh = emptyPosting(posting.live);
      for (let at = 0; at < posting.length; at += 1) {
        const place = moved.get(posting.places[at]);
        if (place !== undefined) append(fresh, place, posting.weights[at] ?? 0);
      }
      postings.set(dimension, fresh);
    }
    points = kept;
    places = new Map(kept.map((point, at) => [point, at]));
  };

  return {
    add(point, { indices, values }) {
      const place = points.length;
      points.push(point);
      places.set(point, place);
      for (let at = 0; at < indices.length; at += 1) {
        const dimension = indices[at] ?? 0;
        let posting = postings.get(dimension);
        if (!posting) {
          posting = emptyPosting(2);
          postings.set(dimension, posting);
        }
        append(posting, place, values[at] ?? 0);
      }
    },
    remove(point, { indices }) {
      const place = places.get(point);
      if (place === undefined) return;
      points[place] = undefined;
      places.delete(point);
      for (const dimension of indices) {
        const posting = postings.get(dimension);
        if (posting) posting.live -= 1;
      }
      if (points.length > 1_000 && places.size < points.length / 2) compact();
    },
    count: () => places.size,
    frequency: (dimension) => postings.get(dimension)?.live ?? 0,
    *holders(dimension) {
      const posting = postings.get(dimension);
      for (let at = 0; at < (posting?.length ?? 0); at += 1) {
        const point = points[posting?.places[at] ?? -1];
        if (point) yield point;
      }
    },
    score({ indices, values }) {
      if (scores.length < points.length) {
        scores = new Float32Array(points.length * 2);
        seen = new Uint8Array(points.length * 2);
      }
      const touched: number[] = [];
      for (let term = 0; term < indices.length; term += 1) {
        const posting = postings.get(indices[term] ?? 0);
        const weight = values[term] ?? 0;
        for (let at = 0; at < (posting?.length ?? 0); at += 1) {
          const place = posting?.places[at] ?? 0;
          if (seen[place] === 0) {
            seen[place] = 1;
            touched.push(place);
          }
          scores[place] = (scores[place] ?? 0) + Math.fround((posting?.weights[at] ?? 0) * weight);
        }
      }
      const found: (readonly [Point, number])[] = [];
      for (const place of touched) {
        const point = points[place];
        const score = scores[place] ?? 0;
        scores[place] = 0;
        seen[place] = 0;
        if (point && score !== 0) found.push([point, score]);
      }
      return found;
    },
  };
}

function emptyPosting(room: number): Posting {
  return { places: new Uint32Array(room), weights: new Float32Array(room), length: 0, live: 0 };
}

function append(posting: Posting, place: number, weight: number): void {
  if (posting.length === posting.places.length) {
    const places = new Uint32Array(posting.length * 2);
    const weights = new Float32Array(posting.length * 2);
    places.set(posting.places);
    weights.set(posting.weights);
    Object.assign(posting, { places, weights });
  }
  posting.places[posting.length] = place;
  posting.weights[posting.length] = weight;
  posting.length += 1;
  posting.live += 1;
}
