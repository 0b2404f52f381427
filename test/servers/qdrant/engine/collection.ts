import type { Config } from './config.ts';
import { compareIds, type PointId } from './ids.ts';
import type { PayloadIndex } from './payload-index.ts';
import { openPostings, type Postings } from './postings.ts';
import type { Payload } from './requests.ts';
import type { VectorNames, Vectors } from './vectors.ts';

export type Point = {
  readonly id: PointId;
  /** Grows with every stored point: what ties are shuffled by. */
  readonly place: number;
  /** Number of the operation that changed it last. */
  readonly version: number;
  readonly vectors: Vectors;
  readonly payload: Payload;
};

export type Collection = {
  config: Config;
  readonly names: VectorNames;
  readonly points: Map<PointId, Point>;
  readonly postings: ReadonlyMap<string, Postings>;
  readonly payloadIndexes: Map<string, PayloadIndex>;
  /** Number of the last operation. */
  operation: number;
  /** Writes that were acknowledged and not waited for. */
  readonly pending: (() => void)[];
  /** Ids in the order of scrolling; made when asked for. */
  sorted: readonly PointId[] | undefined;
};

export function openCollection(config: Config, names: VectorNames): Collection {
  return {
    config,
    names,
    points: new Map(),
    postings: new Map(Array.from(names.sparse.keys(), (name) => [name, openPostings()])),
    payloadIndexes: new Map(),
    operation: 0,
    pending: [],
    sorted: undefined,
  };
}

/** Only its growth counts, so that one counter does for all collections. */
let places = 0;

/** Puts a point in the place of the one with its id, in every index. */
export function store(
  collection: Collection,
  { id, vectors, payload }: Pick<Point, 'id' | 'vectors' | 'payload'>,
): void {
  const known = remove(collection, id);
  places += 1;
  const point = { id, place: places, version: collection.operation, vectors, payload };
  collection.points.set(id, point);
  for (const [name, vector] of vectors.sparse) collection.postings.get(name)?.add(point, vector);
  for (const index of collection.payloadIndexes.values()) index.add(point);
  if (!known) collection.sorted = undefined;
}

/** Whether there was such a point. */
export function remove(collection: Collection, id: PointId): boolean {
  const point = collection.points.get(id);
  if (!point) return false;
  for (const [name, vector] of point.vectors.sparse) {
    collection.postings.get(name)?.remove(point, vector);
  }
  for (const index of collection.payloadIndexes.values()) index.remove(point);
  collection.points.delete(id);
  return true;
}

export function sortedIds(collection: Collection): readonly PointId[] {
  collection.sorted ??= Array.from(collection.points.keys()).sort(compareIds);
  return collection.sorted;
}

/** Carries out what nobody waited for: before any later write, and at the next turn of the event loop. */
export function settle({ pending }: Collection): void {
  for (const write of pending.splice(0)) write();
}
