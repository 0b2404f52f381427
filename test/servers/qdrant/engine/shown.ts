import type { Point } from './collection.ts';
import { pathOf, valuesAt, without, withValue } from './json-path.ts';
import type { Payload, Selector, VectorSelector } from './requests.ts';
import type { Sparse } from './vectors.ts';

type Wanted = {
  readonly with_payload?: Selector | null | undefined;
  readonly with_vector?: VectorSelector | null | undefined;
};

/** A point as replies show it: with its payload and vectors where they are asked for. */
export function shown(
  { id, payload, vectors }: Point,
  { with_payload: payloadOf = false, with_vector: vectorOf = false }: Wanted,
): { readonly id: Point['id']; readonly payload?: Payload; readonly vector?: unknown } {
  return {
    id,
    ...(payloadOf !== false && payloadOf !== null && { payload: selected(payload, payloadOf) }),
    ...(vectorOf !== false && vectorOf !== null && { vector: vectorsShown(vectors, vectorOf) }),
  };
}

function selected(payload: Payload, selector: Exclude<Selector, false>): Payload {
  if (selector === true) return payload;
  if ('exclude' in selector) {
    return selector.exclude.reduce<Payload>(
      (left, key) => without(left, pathOf(key).steps) as Payload,
      payload,
    );
  }
  const keys = 'include' in selector ? selector.include : selector;
  return keys.reduce<Payload>((kept, key) => {
    const path = pathOf(key);
    const [value] = valuesAt(payload, path);
    return value === undefined ? kept : (withValue(kept, path.steps, value) as Payload);
  }, {});
}

function vectorsShown(
  { dense, sparse }: Point['vectors'],
  wanted: Exclude<VectorSelector, false>,
): unknown {
  const asked = (name: string) => wanted === true || wanted.includes(name);
  const all: [string, unknown][] = [
    ...Array.from(dense, ([name, vector]): [string, unknown] => [name, Array.from(vector)]),
    ...Array.from(sparse, ([name, vector]): [string, unknown] => [name, plain(vector)]),
  ];
  const named = Object.fromEntries(all.filter(([name]) => asked(name)));
  // The nameless vector stands alone, as it came.
  return '' in named && Object.keys(named).length === 1 ? named[''] : named;
}

function plain({ indices, values }: Sparse): object {
  return { indices: Array.from(indices), values: Array.from(values) };
}
