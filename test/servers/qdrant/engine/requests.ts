import type { PointId } from './ids.ts';

/** Bodies as the contract has checked them, no more of them than is served; null is as good as absent. */
type Maybe<T> = T | null | undefined;
type OneOrMany<T> = T | readonly T[];

export type Payload = Readonly<Record<string, unknown>>;
export type Selector =
  | boolean
  | readonly string[]
  | { readonly include: readonly string[] }
  | { readonly exclude: readonly string[] };
export type VectorSelector = boolean | readonly string[];

export type Filter = {
  readonly must?: Maybe<OneOrMany<Condition>>;
  readonly must_not?: Maybe<OneOrMany<Condition>>;
  readonly should?: Maybe<OneOrMany<Condition>>;
  readonly min_should?: Maybe<{
    readonly conditions: readonly Condition[];
    readonly min_count: number;
  }>;
};
export type FieldCondition = {
  readonly key: string;
  readonly match?: Maybe<Match>;
  readonly range?: Maybe<Range>;
  readonly values_count?: Maybe<Bounds<number>>;
  readonly is_empty?: Maybe<boolean>;
  readonly is_null?: Maybe<boolean>;
  readonly geo_bounding_box?: unknown;
  readonly geo_radius?: unknown;
  readonly geo_polygon?: unknown;
};
export type Condition =
  | FieldCondition
  | { readonly is_empty: { readonly key: string } }
  | { readonly is_null: { readonly key: string } }
  | { readonly has_id: readonly PointId[] }
  | { readonly has_vector: string }
  | { readonly nested: { readonly key: string; readonly filter: Filter } }
  | { readonly slice: unknown }
  | Filter;
export type Match =
  | { readonly value: string | number | boolean }
  | { readonly any: readonly (string | number)[] }
  | { readonly except: readonly (string | number)[] }
  | { readonly text: string }
  | { readonly text_any: string }
  | { readonly phrase: string }
  | { readonly prefix: string };
export type Bounds<T> = {
  readonly lt?: Maybe<T>;
  readonly gt?: Maybe<T>;
  readonly lte?: Maybe<T>;
  readonly gte?: Maybe<T>;
};
export type Range = Bounds<number> | Bounds<string>;

export type SparseVector = {
  readonly indices: readonly number[];
  readonly values: readonly number[];
};
export type Vector = readonly number[] | SparseVector;
export type VectorStruct = readonly number[] | Readonly<Record<string, Vector>>;
export type PointStruct = {
  readonly id: PointId;
  readonly vector: VectorStruct;
  readonly payload?: Maybe<Payload>;
};
export type Upsert = {
  readonly points?: readonly PointStruct[];
  readonly batch?: {
    readonly ids: readonly PointId[];
    readonly vectors: readonly (readonly number[])[] | Readonly<Record<string, readonly Vector[]>>;
    readonly payloads?: Maybe<readonly Maybe<Payload>[]>;
  };
  readonly update_filter?: Maybe<Filter>;
  readonly update_mode?: Maybe<'upsert' | 'insert_only' | 'update_only'>;
};
export type Chosen = {
  readonly points?: Maybe<readonly PointId[]>;
  readonly filter?: Maybe<Filter>;
};
export type SetPayload = Chosen & { readonly payload: Payload; readonly key?: Maybe<string> };
export type DeletePayload = Chosen & { readonly keys: readonly string[] };
export type UpdateVectors = {
  readonly points: readonly Omit<PointStruct, 'payload'>[];
  readonly update_filter?: Maybe<Filter>;
};
export type DeleteVectors = Chosen & { readonly vector: readonly string[] };
export type Operation =
  | { readonly upsert: Upsert }
  | { readonly delete: Chosen }
  | { readonly set_payload: SetPayload }
  | { readonly overwrite_payload: SetPayload }
  | { readonly delete_payload: DeletePayload }
  | { readonly clear_payload: Chosen }
  | { readonly update_vectors: UpdateVectors }
  | { readonly delete_vectors: DeleteVectors };

export type SearchParams = {
  readonly hnsw_ef?: Maybe<number>;
  readonly exact?: boolean;
  readonly quantization?: Maybe<{ readonly oversampling?: Maybe<number> }>;
  readonly idf?: Maybe<'global' | { readonly corpus: Filter }>;
};
export type OrderBy = {
  readonly key: string;
  readonly direction?: Maybe<'asc' | 'desc'>;
  readonly start_from?: Maybe<number | string>;
};
export type Query =
  | Vector
  | PointId
  | { readonly nearest: Vector | PointId; readonly mmr?: unknown }
  | { readonly fusion: 'rrf' | 'dbsf' }
  | { readonly rrf: { readonly k?: Maybe<number>; readonly weights?: Maybe<readonly number[]> } }
  | { readonly formula: Expression; readonly defaults?: Payload }
  | { readonly order_by: string | OrderBy }
  | { readonly sample: 'random' };
export type Prefetch = {
  readonly prefetch?: Maybe<OneOrMany<Prefetch>>;
  readonly query?: Maybe<Query>;
  readonly using?: Maybe<string>;
  readonly filter?: Maybe<Filter>;
  readonly params?: Maybe<SearchParams>;
  readonly score_threshold?: Maybe<number>;
  readonly limit?: Maybe<number>;
  readonly lookup_from?: Maybe<{ readonly collection: string; readonly vector?: Maybe<string> }>;
};
export type QueryRequest = Prefetch & {
  readonly offset?: Maybe<number>;
  readonly with_payload?: Maybe<Selector>;
  readonly with_vector?: Maybe<VectorSelector>;
};
export type GroupsRequest = Omit<QueryRequest, 'offset'> & {
  readonly group_by: string;
  readonly group_size?: Maybe<number>;
  readonly with_lookup?: unknown;
};
export type Decay = {
  readonly x: Expression;
  readonly target?: Maybe<Expression>;
  readonly midpoint?: Maybe<number>;
  readonly scale?: Maybe<number>;
};
export type Expression =
  | number
  | string
  | Condition
  | { readonly geo_distance: unknown }
  | { readonly datetime: string }
  | { readonly datetime_key: string }
  | { readonly mult: readonly Expression[] }
  | { readonly sum: readonly Expression[] }
  | { readonly neg: Expression }
  | { readonly abs: Expression }
  | { readonly sqrt: Expression }
  | { readonly exp: Expression }
  | { readonly log10: Expression }
  | { readonly ln: Expression }
  | { readonly div: { left: Expression; right: Expression; by_zero_default?: Maybe<number> } }
  | { readonly pow: { readonly base: Expression; readonly exponent: Expression } }
  | { readonly lin_decay: Decay }
  | { readonly exp_decay: Decay }
  | { readonly gauss_decay: Decay };

export type ScrollRequest = {
  readonly offset?: Maybe<PointId>;
  readonly limit?: Maybe<number>;
  readonly filter?: Maybe<Filter>;
  readonly with_payload?: Maybe<Selector>;
  readonly with_vector?: VectorSelector;
  readonly order_by?: Maybe<string | OrderBy>;
};
export type RetrieveRequest = {
  readonly ids: readonly PointId[];
  readonly with_payload?: Maybe<Selector>;
  readonly with_vector?: VectorSelector;
};
export type CountRequest = { readonly filter?: Maybe<Filter>; readonly exact?: boolean };
export type FacetRequest = {
  readonly key: string;
  readonly limit?: Maybe<number>;
  readonly filter?: Maybe<Filter>;
};

/** A list, whether it came as one, as its only member or not at all. */
export function listed<T>(given: Maybe<OneOrMany<T>>): readonly T[] {
  if (given === null || given === undefined) return [];
  return Array.isArray(given) ? (given as readonly T[]) : [given as T];
}
