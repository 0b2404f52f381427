import { isObject } from './json-path.ts';
import { unserved, wrongInput } from './refusal.ts';
import type { Payload } from './requests.ts';
import type { DenseParams, SparseParams, VectorNames } from './vectors.ts';

type Settings = Readonly<Record<string, unknown>>;

export type StrictMode = {
  readonly enabled?: boolean | null;
  readonly max_query_limit?: number | null;
  readonly max_timeout?: number | null;
  readonly unindexed_filtering_retrieve?: boolean | null;
  readonly unindexed_filtering_update?: boolean | null;
  readonly search_max_hnsw_ef?: number | null;
  readonly search_allow_exact?: boolean | null;
  readonly search_max_oversampling?: number | null;
  readonly upsert_max_batchsize?: number | null;
  readonly search_max_batchsize?: number | null;
  readonly filter_max_conditions?: number | null;
  readonly condition_max_size?: number | null;
  readonly max_points_count?: number | null;
  readonly read_rate_limit?: number | null;
  readonly write_rate_limit?: number | null;
};

/** A collection's settings as `GET /collections/{name}` shows them. */
export type Config = {
  readonly params: Settings;
  readonly hnsw_config: Settings;
  readonly optimizer_config: Settings;
  readonly wal_config: Settings;
  readonly quantization_config: unknown;
  readonly strict_mode_config?: StrictMode;
  readonly metadata?: Payload;
};

/** The body of a creation or a change, as the contract has checked it. */
export type ConfigDiff = {
  readonly vectors?: Settings;
  readonly sparse_vectors?: Readonly<Record<string, SparseParams>> | null;
  readonly params?: Settings | null;
  readonly hnsw_config?: Settings | null;
  readonly optimizers_config?: Settings | null;
  readonly wal_config?: Settings | null;
  readonly quantization_config?: unknown;
  readonly strict_mode_config?: StrictMode | null;
  readonly metadata?: Payload | null;
} & Settings;

const DEFAULTS = {
  hnsw_config: { m: 16, ef_construct: 100, full_scan_threshold: 10_000, max_indexing_threads: 0 },
  optimizer_config: {
    deleted_threshold: 0.2,
    vacuum_min_vector_number: 1_000,
    default_segment_number: 0,
    indexing_threshold: 10_000,
    flush_interval_sec: 5,
  },
  wal_config: { wal_capacity_mb: 32, wal_segments_ahead: 0, wal_retain_closed: 1 },
};

/** @param strict What applies where the request says nothing of it: a server's own setting. */
export function configOf(created: ConfigDiff, strict: StrictMode | undefined): Config {
  const { vectors, sparse_vectors: sparse, strict_mode_config: own, metadata } = created;
  const strictMode = strict || own ? { ...strict, ...given(own) } : undefined;
  return {
    params: {
      vectors: vectors ?? {},
      shard_number: created['shard_number'] ?? 1,
      replication_factor: created['replication_factor'] ?? 1,
      write_consistency_factor: created['write_consistency_factor'] ?? 1,
      on_disk_payload: created['on_disk_payload'] ?? true,
      ...(sparse && { sparse_vectors: sparse }),
    },
    hnsw_config: { ...DEFAULTS.hnsw_config, ...given(created.hnsw_config) },
    optimizer_config: { ...DEFAULTS.optimizer_config, ...given(created.optimizers_config) },
    wal_config: { ...DEFAULTS.wal_config, ...given(created.wal_config) },
    quantization_config: created.quantization_config ?? null,
    ...(strictMode && { strict_mode_config: strictMode }),
    ...(metadata && { metadata }),
  };
}

/** Changes what is named; metadata is merged by key, and a null there removes (`UpdateCollection`). */
export function changed(config: Config, change: ConfigDiff): Config {
  if (change.sparse_vectors) throw unserved('changes of sparse vectors');
  const strictMode = change.strict_mode_config
    ? { ...config.strict_mode_config, ...given(change.strict_mode_config) }
    : config.strict_mode_config;
  const metadata = change.metadata
    ? given({ ...config.metadata, ...change.metadata })
    : config.metadata;
  return {
    ...config,
    params: {
      ...config.params,
      ...given(change.params),
      ...(change.vectors && { vectors: vectorsChanged(config, change.vectors) }),
    },
    hnsw_config: { ...config.hnsw_config, ...given(change.hnsw_config) },
    optimizer_config: { ...config.optimizer_config, ...given(change.optimizers_config) },
    quantization_config:
      change.quantization_config === undefined || change.quantization_config === null
        ? config.quantization_config
        : change.quantization_config === 'Disabled'
          ? null
          : change.quantization_config,
    ...(strictMode && { strict_mode_config: strictMode }),
    ...(metadata && { metadata }),
  };
}

/** The vectors that points may have; refuses what is not served here. */
export function namesOf({ vectors = {}, sparse_vectors: sparse }: ConfigDiff): VectorNames {
  const nameless = typeof vectors['distance'] === 'string';
  const dense = new Map(
    Object.entries((nameless ? { '': vectors } : vectors) as Record<string, DenseParams>),
  );
  for (const params of dense.values()) {
    if (params.distance !== 'Cosine' && params.distance !== 'Dot') {
      throw unserved(`distance ${params.distance}`);
    }
    if ((params as unknown as Settings)['multivector_config']) throw unserved('multivectors');
  }
  const names = { dense, sparse: new Map(Object.entries(sparse ?? {})) };
  for (const name of names.sparse.keys()) {
    if (dense.has(name)) throw wrongInput(`Vector name \`${name}\` is used twice`);
  }
  return names;
}

function vectorsChanged(config: Config, change: Settings): Settings {
  const vectors = config.params['vectors'] as Settings;
  const nameless = typeof vectors['distance'] === 'string';
  const result: Record<string, unknown> = { ...(nameless ? { '': vectors } : vectors) };
  for (const [name, diff] of Object.entries(change)) {
    const before = result[name];
    if (!isObject(before)) throw wrongInput(`Not existing vector name error: ${name}`);
    result[name] = { ...before, ...given(diff as Settings) };
  }
  return nameless ? (result[''] as Settings) : result;
}

/** Without what is null: that means "as it was". */
function given<T extends object>(settings: T | null | undefined): Partial<T> {
  const said = Object.entries(settings ?? {}).filter(
    ([, value]) => value !== null && value !== undefined,
  );
  return Object.fromEntries(said) as Partial<T>;
}
