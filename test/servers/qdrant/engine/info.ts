import type { Collection } from './collection.ts';

/** A collection as `GET /collections/{name}` describes it. */
export function info(collection: Collection): object {
  const { config, points, names, payloadIndexes } = collection;
  const vectors = Array.from(points.values()).reduce(
    (sum, point) => sum + point.vectors.dense.size + point.vectors.sparse.size,
    0,
  );
  const named = names.dense.size + names.sparse.size;
  return {
    status: 'green',
    optimizer_status: 'ok',
    indexed_vectors_count: named === 0 ? 0 : vectors,
    points_count: points.size,
    segments_count: 1,
    config,
    payload_schema: Object.fromEntries(
      Array.from(payloadIndexes, ([field, index]) => [
        field,
        {
          data_type: index.kind,
          ...(typeof index.schema === 'object' && { params: index.schema }),
          points: index.count(),
        },
      ]),
    ),
    update_queue: { length: collection.pending.length },
  };
}
