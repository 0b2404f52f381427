import { invalid, unserved, wrongInput } from './refusal.ts';
import type { SparseVector, Vector, VectorStruct } from './requests.ts';

export type DenseParams = { readonly size: number; readonly distance: string };
export type SparseParams = { readonly modifier?: 'none' | 'idf' | null };
/** By name; the nameless vector is called ''. */
export type VectorNames = {
  readonly dense: ReadonlyMap<string, DenseParams>;
  readonly sparse: ReadonlyMap<string, SparseParams>;
};
/** In ascending order of the indices. */
export type Sparse = { readonly indices: Uint32Array; readonly values: Float32Array };
export type Vectors = {
  readonly dense: ReadonlyMap<string, Float32Array>;
  readonly sparse: ReadonlyMap<string, Sparse>;
};

/** A point's vectors as they are stored; refuses names and sizes that the collection does not have. */
export function vectorsOf(given: VectorStruct, names: VectorNames): Vectors {
  const named = Array.isArray(given) ? { '': given as readonly number[] } : given;
  const dense = new Map<string, Float32Array>();
  const sparse = new Map<string, Sparse>();
  for (const [name, vector] of Object.entries(named as Readonly<Record<string, Vector>>)) {
    const read = vectorOf(vector, name, names);
    if (read instanceof Float32Array) dense.set(name, read);
    else sparse.set(name, read);
  }
  return { dense, sparse };
}

/** One vector of that name, to be stored or asked with. */
export function vectorOf(vector: Vector, name: string, names: VectorNames): Float32Array | Sparse {
  const params = names.dense.get(name);
  if (params === undefined) {
    if (!names.sparse.has(name)) throw wrongInput(`Not existing vector name error: ${name}`);
    if (!isSparse(vector)) {
      throw wrongInput('Conversion between sparse and regular vectors failed');
    }
    return sparseOf(vector);
  }
  if (isSparse(vector)) throw wrongInput('Conversion between sparse and regular vectors failed');
  if (!Array.isArray(vector) || vector.some((value) => typeof value !== 'number')) {
    throw unserved('multivectors and inference');
  }
  if (vector.length !== params.size) {
    const sizes = `expected dim: ${params.size}, got ${vector.length}`;
    throw wrongInput(`Vector dimension error: ${sizes}`);
  }
  const stored = Float32Array.from(vector as readonly number[]);
  return params.distance === 'Cosine' ? normalised(stored) : stored;
}

/** As `cosine_preprocess` has it: what has no length, or length 1 already, stays (`lib/segment/src/spaces/simple.rs`). */
export function normalised(vector: Float32Array): Float32Array {
  const square = dot(vector, vector);
  if (square < 1.192_092_9e-7 || Math.abs(square - 1) <= 1e-6) return vector;
  const length = Math.fround(Math.sqrt(square));
  return vector.map((value) => value / length);
}

/** In float32, though the sum is kept in float64: a SIMD sum has no order that one could repeat. */
export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return Math.fround(sum);
}

export function isSparse(vector: unknown): vector is SparseVector {
  return vector !== null && typeof vector === 'object' && 'indices' in vector;
}

function sparseOf({ indices, values }: SparseVector): Sparse {
  if (indices.length !== values.length) throw invalid('values: must be the same length as indices');
  const sorted = Uint32Array.from(indices).sort();
  if (sorted.some((index, at) => index === sorted[at + 1])) {
    throw invalid('indices: must be unique');
  }
  if (sorted.every((index, at) => index === indices[at])) {
    return { indices: sorted, values: Float32Array.from(values) };
  }
  const weights = new Map(indices.map((index, at) => [index, values[at] ?? 0]));
  return {
    indices: sorted,
    values: Float32Array.from(sorted, (index) => weights.get(index) ?? 0),
  };
}
