import type { Collection } from './collection.ts';
import type { StrictMode } from './config.ts';
import { isObject } from './json-path.ts';
import { conditionsIn, fieldsIn, type Needs } from './needs.ts';
import { tooMuch } from './refusal.ts';
import {
  type Expression,
  type Filter,
  type GroupsRequest,
  listed,
  type Operation,
  type Prefetch,
  type SearchParams,
} from './requests.ts';

/** What strict mode says of one kind of request (`lib/collection/src/operations/verification`); nothing when it is off. */
export function openStrictMode(collection: Collection) {
  const rules: StrictMode = collection.config.strict_mode_config?.enabled
    ? collection.config.strict_mode_config
    : {};
  const filtered = (filter: Filter | null | undefined, may: boolean | null | undefined) => {
    if (filter) checkFilter(collection, rules, filter, may);
  };
  const read = (filter: Filter | null | undefined) =>
    filtered(filter, rules.unindexed_filtering_retrieve);
  const written = (filter: Filter | null | undefined) =>
    filtered(filter, rules.unindexed_filtering_update);
  const limited = (limit: number) => within(limit, rules.max_query_limit, 'limit');
  const queried = (request: Prefetch, limit: number) => {
    for (const prefetch of listed(request.prefetch)) queried(prefetch, prefetch.limit ?? 10);
    const { query, params } = request;
    if (isObject(query) && 'formula' in query && rules.unindexed_filtering_retrieve === false) {
      const help = 'Create an index for this key or use a different formula expression.';
      for (const key of fieldsIn(query.formula as Expression)) indexed(collection, key, help);
    }
    limited(limit);
    read(request.filter);
    searched(rules, params);
    if (typeof params?.idf === 'object') read(params.idf?.corpus);
  };
  return {
    timeout: (seconds: number) => within(seconds, rules.max_timeout, 'timeout'),
    batch: (size: number) => within(size, rules.search_max_batchsize, 'search batch size'),
    read,
    limited,
    queried,
    grouped(request: GroupsRequest) {
      const size = (request.limit ?? 10) * (request.group_size ?? 3);
      if (rules.unindexed_filtering_retrieve === false) groupable(collection, request.group_by);
      queried(request, size);
    },
    wrote(operation: Operation) {
      const [body] = Object.values(operation) as [Record<string, unknown>];
      const size = sizeOf(operation);
      if (size !== undefined) {
        const name = 'upsert' in operation ? 'upsert limit' : 'update limit';
        within(size, rules.upsert_max_batchsize, name);
      }
      if ('upsert' in operation && rules.max_points_count) {
        within(collection.points.size, rules.max_points_count - 1, 'max points count');
      }
      written(body['filter'] as Filter | undefined);
    },
  };
}

function sizeOf(operation: Operation): number | undefined {
  if ('upsert' in operation) {
    return operation.upsert.points?.length ?? operation.upsert.batch?.ids.length;
  }
  return 'update_vectors' in operation ? operation.update_vectors.points.length : undefined;
}

function within(value: number, limit: number | null | undefined, name: string): void {
  if (typeof limit !== 'number' || value <= limit) return;
  throw tooMuch(
    `Limit exceeded ${value} > ${limit} for "${name}"`,
    `Reduce the "${name}" parameter to or below ${limit}.`,
  );
}

function searched(rules: StrictMode, params: SearchParams | null | undefined): void {
  if (params?.exact && rules.search_allow_exact === false) {
    throw tooMuch('Exact search disabled!', 'Set exact=false.');
  }
  within(params?.hnsw_ef ?? 0, rules.search_max_hnsw_ef, 'hnsw_ef');
  const oversampling = params?.quantization?.oversampling ?? 0;
  within(oversampling, rules.search_max_oversampling, 'oversampling');
}

function checkFilter(
  collection: Collection,
  rules: StrictMode,
  filter: Filter,
  unindexed: boolean | null | undefined,
): void {
  const conditions = conditionsIn(filter);
  const { filter_max_conditions: most, condition_max_size: size } = rules;
  if (typeof most === 'number' && conditions.length > most) {
    throw tooMuch(
      `Filter condition limit reached (${conditions.length} > ${most})`,
      'Reduce the amount of conditions of your filter.',
    );
  }
  const longest = Math.max(0, ...conditions.map(({ values }) => values));
  if (typeof size === 'number' && longest > size) {
    throw tooMuch(
      `Condition size limit reached (${longest} > ${size})`,
      'Reduce the size of your condition.',
    );
  }
  if (unindexed !== false) return;
  for (const { needs } of conditions) if (needs) indexed(collection, needs);
}

function groupable(collection: Collection, key: string): void {
  const kind = collection.payloadIndexes.get(key)?.kind;
  if (kind !== undefined && ['keyword', 'integer', 'uuid', 'bool'].includes(kind)) return;
  throw tooMuch(
    kind === undefined
      ? `Index required but not found for "${key}"`
      : `Index of type "${kind[0]?.toUpperCase()}${kind.slice(1)}" found for "${key}"`,
    'Create an index supporting `match` for this key.',
  );
}

/** Nothing is needed for what asks nothing: `any` and `except` of an empty list. */
function indexed(
  collection: Collection,
  [key, kinds]: Needs,
  help = 'Create an index for this key or use a different filter.',
): void {
  if (kinds.length === 0) return;
  const kind = collection.payloadIndexes.get(key)?.kind;
  if (kind !== undefined && kinds.includes(kind)) return;
  throw tooMuch(
    `Index required but not found for "${key}" of one of the following types: [${kinds.toSorted().join(', ')}]`,
    help,
  );
}
