import type { Database } from '../../sqlite/database.ts';
import { bytes, number } from '../../sqlite/row.ts';
import type { StoredSet } from './sets.ts';

/** All vectors of a set in one block, each of length 1; row i belongs to `chunkKeys[i]`. */
export type Matrix = {
  readonly version: number;
  readonly values: Float32Array;
  readonly chunkKeys: Float64Array;
  readonly documentKeys: Float64Array;
};

/** By set. Loaded when first searched, and again when the vectors changed, whoever changed them. */
export type MatrixCache = Map<number, Matrix>;

const rowsPerPage = 2_000;

export function matrixOf(
  database: Database,
  cache: MatrixCache,
  set: StoredSet,
  dimensions: number,
): Matrix {
  const row = database.get('select vector_version from feature_sets where key = ?', set.key);
  const version = row ? number(row, 'vector_version') : 0;
  const cached = cache.get(set.key);
  if (cached?.version === version) return cached;
  // Let go of the stale one first, so that both are never in memory together.
  cache.delete(set.key);
  const matrix = load(database, set, dimensions, version);
  cache.set(set.key, matrix);
  return matrix;
}

function load(database: Database, set: StoredSet, dimensions: number, version: number): Matrix {
  const values = new Float32Array(set.chunks * dimensions);
  const chunkKeys = new Float64Array(set.chunks);
  const documentKeys = new Float64Array(set.chunks);
  let filled = 0;
  let after = 0;
  for (;;) {
    const rows = database.all(
      `select c.key, c.document_key, v.vector
       from chunks c join feature_documents d on d.key = c.document_key
         join vectors v on v.chunk_key = c.key
       where c.key > ? and d.set_key = ? order by c.key limit ${rowsPerPage}`,
      after,
      set.key,
    );
    for (const row of rows) {
      after = number(row, 'key');
      // Copied through bytes: a blob need not lie on a multiple of four.
      const vector = new Float32Array(bytes(row, 'vector').slice().buffer);
      values.set(vector, filled * dimensions);
      normalise(values, filled * dimensions, dimensions);
      chunkKeys[filled] = after;
      documentKeys[filled] = number(row, 'document_key');
      filled += 1;
    }
    if (rows.length < rowsPerPage) break;
  }
  return {
    version,
    values,
    chunkKeys: chunkKeys.subarray(0, filled),
    documentKeys: documentKeys.subarray(0, filled),
  };
}

/** To length 1, in place; a vector of zeros stays as it is and scores 0 against everything. */
export function normalise(values: Float32Array, offset: number, dimensions: number): void {
  let squares = 0;
  for (let index = offset; index < offset + dimensions; index += 1) {
    squares += (values[index] ?? 0) ** 2;
  }
  if (squares === 0) return;
  const scale = 1 / Math.sqrt(squares);
  for (let index = offset; index < offset + dimensions; index += 1) {
    values[index] = (values[index] ?? 0) * scale;
  }
}
