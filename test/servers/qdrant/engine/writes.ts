import { type Collection, type Point, remove, settle, store } from './collection.ts';
import { matching, passing } from './filter.ts';
import { idOf, type PointId } from './ids.ts';
import { pathOf, without, withValue } from './json-path.ts';
import { invalid, noPoint, unserved, wrongInput } from './refusal.ts';
import type {
  Chosen,
  DeletePayload,
  DeleteVectors,
  Operation,
  Payload,
  PointStruct,
  SetPayload,
  UpdateVectors,
  Upsert,
  Vector,
} from './requests.ts';
import { type Vectors, vectorsOf } from './vectors.ts';

/**
 * Carries out one operation, whole or not at all; its number. The real server checks points as it writes them, so that there
 * a part of a refused batch may stay. A point that is upserted loses the vectors and the
 * payload that it is not given (`upsert_with_payload` in `lib/shard/src/update.rs`).
 */
export function write(collection: Collection, operation: Operation): number {
  settle(collection);
  const apply = prepared(collection, operation);
  collection.operation += 1;
  apply();
  return collection.operation - 1;
}

/** Checks an operation against the collection; what it would do is left to the caller. */
function prepared(collection: Collection, operation: Operation): () => void {
  if ('upsert' in operation) return upsert(collection, operation.upsert);
  if ('update_vectors' in operation) return updateVectors(collection, operation.update_vectors);
  if ('delete' in operation) {
    const chosen = chosenIds(collection, operation.delete);
    return () => {
      for (const id of chosen()) {
        if (remove(collection, id)) collection.sorted = undefined;
      }
    };
  }
  if ('delete_vectors' in operation) return deleteVectors(collection, operation.delete_vectors);
  return changePayload(collection, operation);
}

function upsert(collection: Collection, body: Upsert): () => void {
  const given = body.points ?? rowsOf(body);
  const points = given.map(({ id, vector, payload }) => ({
    id: idOf(id),
    vectors: vectorsOf(vector, collection.names),
    payload: payload ?? {},
  }));
  const mode = body.update_mode ?? 'upsert';
  const passes = body.update_filter ? passing(body.update_filter, collection) : () => true;
  return () => {
    // Of an id that comes twice the last counts.
    const last = new Map(points.map((point) => [point.id, point]));
    for (const point of last.values()) {
      const known = collection.points.get(point.id);
      if (known === undefined ? mode === 'update_only' : mode === 'insert_only' || !passes(known)) {
        continue;
      }
      store(collection, point);
    }
  };
}

function rowsOf({ batch }: Upsert): readonly PointStruct[] {
  if (!batch) throw invalid('points: is required');
  const { ids, vectors, payloads } = batch;
  const rows = Array.isArray(vectors) ? { '': vectors as readonly Vector[] } : vectors;
  for (const [name, column] of Object.entries(rows as Record<string, readonly Vector[]>)) {
    if (column.length !== ids.length) throw invalid(`vectors ${name}: must be as many as ids`);
  }
  if (payloads && payloads.length !== ids.length) throw invalid('payloads: must be as many as ids');
  return ids.map((id, at) => ({
    id,
    vector: Object.fromEntries(
      Object.entries(rows as Record<string, readonly Vector[]>).map(([name, column]) => [
        name,
        column[at] ?? [],
      ]),
    ),
    payload: payloads?.[at] ?? null,
  }));
}

function updateVectors(collection: Collection, body: UpdateVectors): () => void {
  const changes = new Map<PointId, Vectors>();
  for (const { id: given, vector } of body.points) {
    const { id } = existing(collection, idOf(given));
    const before = changes.get(id) ?? { dense: new Map(), sparse: new Map() };
    changes.set(id, merged(before, vectorsOf(vector, collection.names)));
  }
  const passes = body.update_filter ? passing(body.update_filter, collection) : () => true;
  return () => {
    for (const [id, vectors] of changes) {
      const known = existing(collection, id);
      if (passes(known)) store(collection, { ...known, vectors: merged(known.vectors, vectors) });
    }
  };
}

function deleteVectors(collection: Collection, { vector: names, ...chosen }: DeleteVectors) {
  for (const name of names) {
    if (!collection.names.dense.has(name) && !collection.names.sparse.has(name)) {
      throw wrongInput(`Not existing vector name error: ${name}`);
    }
  }
  const points = chosenPoints(collection, chosen);
  return () => {
    for (const point of points()) {
      const kept = <T>(of: ReadonlyMap<string, T>) =>
        new Map(Array.from(of).filter(([name]) => !names.includes(name)));
      const vectors = { dense: kept(point.vectors.dense), sparse: kept(point.vectors.sparse) };
      store(collection, { ...point, vectors });
    }
  };
}

type PayloadOperation = Exclude<
  Operation,
  | { upsert: unknown }
  | { delete: unknown }
  | { update_vectors: unknown }
  | { delete_vectors: unknown }
>;

function changePayload(collection: Collection, operation: PayloadOperation): () => void {
  const [body, change] = payloadChange(operation);
  const points = chosenPoints(collection, body);
  return () => {
    for (const point of points()) {
      store(collection, { ...point, payload: change(point.payload) });
    }
  };
}

function payloadChange(operation: PayloadOperation): [Chosen, (payload: Payload) => Payload] {
  if ('set_payload' in operation) {
    return [operation.set_payload, (payload) => merge(payload, operation.set_payload)];
  }
  if ('overwrite_payload' in operation) {
    const { overwrite_payload: body } = operation;
    if (body.key) throw unserved('overwriting below a key');
    return [body, () => body.payload];
  }
  if ('delete_payload' in operation) {
    const { delete_payload: body }: { delete_payload: DeletePayload } = operation;
    return [
      body,
      (payload) =>
        body.keys.reduce<Payload>(
          (left, key) => without(left, pathOf(key).steps) as Payload,
          payload,
        ),
    ];
  }
  return [operation.clear_payload, () => ({})];
}

/** Keys that are set replace those that were; a null is stored as null. */
function merge(before: Payload, { payload, key }: SetPayload): Payload {
  if (!key) return { ...before, ...payload };
  const { steps } = pathOf(key);
  return Object.entries(payload).reduce<Payload>(
    (all, [name, value]) => withValue(all, [...steps, { key: name }], value) as Payload,
    before,
  );
}

function chosenIds(collection: Collection, { points, filter }: Chosen): () => readonly PointId[] {
  if (points) {
    const ids = points.map(idOf);
    return () => ids;
  }
  if (!filter) throw wrongInput('Validation failed: No points or filter specified');
  // Refuses what it cannot read before anything is done.
  passing(filter, collection);
  return () => Array.from(matching(collection, filter), ({ id }) => id);
}

/** A point that is named and is not there refuses the operation (`check_unprocessed_points`); deletion alone does not mind. */
function chosenPoints(collection: Collection, chosen: Chosen): () => readonly Point[] {
  const ids = chosenIds(collection, chosen);
  if (chosen.points) for (const id of ids()) existing(collection, id);
  return () => Array.from(new Set(ids()), (id) => existing(collection, id));
}

function existing(collection: Collection, id: PointId): Point {
  const point = collection.points.get(id);
  if (!point) throw noPoint(id);
  return point;
}

function merged(before: Vectors, after: Vectors): Vectors {
  return {
    dense: new Map([...before.dense, ...after.dense]),
    sparse: new Map([...before.sparse, ...after.sparse]),
  };
}
