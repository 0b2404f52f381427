import type { Schemas } from '@qdrant/js-client-rest';
import type { FeatureManifest } from '../manifest.ts';
import { ask, type Connection } from './connection.ts';
import { statusOf } from './failure.ts';
import type { SizeSettings } from './settings.ts';

/** The vectors' names. */
export const dense = 'dense';
export const lexical = 'bm25';

type FieldType = 'keyword' | 'integer' | 'datetime';

/** Everything that is filtered, counted or grouped by: strict mode allows nothing else. */
const indexedFields: Readonly<Record<string, FieldType>> = {
  type: 'keyword',
  documentId: 'keyword',
  chunkId: 'keyword',
  version: 'keyword',
  author: 'keyword',
  source: 'keyword',
  kind: 'keyword',
  platform: 'keyword',
  origin: 'keyword',
  language: 'keyword',
  publishedAt: 'datetime',
  revision: 'integer',
  ordinal: 'integer',
  chunks: 'integer',
  length: 'integer',
  writtenFor: 'integer',
  begunAt: 'integer',
};

/** A set's collection with its indexes. What is there already stays as it is. */
export async function createSetCollection(
  connection: Connection,
  name: string,
  manifest: FeatureManifest,
): Promise<void> {
  const size = connection.settings.size ?? {};
  const { embedder } = manifest;
  const vectors = embedder ? { [dense]: denseParams(embedder.dimensions, size) } : {};
  const sparse_vectors = { [lexical]: { modifier: 'idf' as const } };
  await createCollection(connection, name, {
    vectors,
    sparse_vectors,
    on_disk_payload: true,
    shard_number: size.shards ?? 1,
    ...copies(size),
  });
  await createIndexes(connection, name, indexedFields);
}

/** Small records without vectors. */
export async function createRecordCollection(connection: Connection, name: string): Promise<void> {
  const size = connection.settings.size ?? {};
  await createCollection(connection, name, { vectors: {}, shard_number: 1, ...copies(size) });
  await createIndexes(connection, name, { type: 'keyword', epoch: 'integer' });
}

const copies = ({ replicas = 1 }: SizeSettings) => ({
  replication_factor: replicas,
  write_consistency_factor: Math.floor(replicas / 2) + 1,
});

async function createCollection(
  connection: Connection,
  collection_name: string,
  config: Schemas['CreateCollection'],
): Promise<void> {
  if (await exists(connection, collection_name)) return;
  try {
    await ask(connection, `make the collection ${collection_name}`, (api, init) =>
      api.createCollection({ collection_name, ...config }, init),
    );
  } catch (error) {
    // Another process was quicker.
    if (!(await exists(connection, collection_name))) throw error;
  }
}

export async function exists(connection: Connection, collection_name: string): Promise<boolean> {
  const found = await ask(connection, `look for the collection ${collection_name}`, (api, init) =>
    api.collectionExists({ collection_name }, init),
  );
  return found.exists;
}

export async function deleteCollection(
  connection: Connection,
  collection_name: string,
): Promise<void> {
  await ask(connection, `delete the collection ${collection_name}`, (api, init) =>
    api.deleteCollection({ collection_name }, init),
  );
}

async function createIndexes(
  connection: Connection,
  collection_name: string,
  fields: Readonly<Record<string, FieldType>>,
): Promise<void> {
  await Promise.all(
    Object.entries(fields).map(([field_name, field_schema]) =>
      ask(connection, `index ${field_name} of ${collection_name}`, (api, init) =>
        api.createFieldIndex({ collection_name, wait: true, field_name, field_schema }, init),
      ),
    ),
  );
}

/** Bytes of a 32-bit float. */
const floatBytes = 4;

/** By how much memory the vectors would take; see `SizeSettings`. */
export function denseParams(dimensions: number, size: SizeSettings): Schemas['VectorParams'] {
  const bytes = (size.expectedChunks ?? 100_000) * dimensions * floatBytes;
  const large = bytes > (size.vectorMemoryBytes ?? 2 ** 30);
  return {
    size: dimensions,
    distance: 'Cosine',
    on_disk: large,
    hnsw_config: { m: size.links ?? (dimensions >= 1_024 ? 32 : 16), ef_construct: 128 },
    ...(large && {
      quantization_config: { scalar: { type: 'int8', quantile: 0.99, always_ram: true } },
    }),
  };
}

export const isMissing = (error: unknown): boolean =>
  error instanceof Error && statusOf(error.cause) === 404;
