import { z } from 'zod';
import { optional, withDefault } from '../variables.ts';

/** What collections, keys and the like of ours begin with on a server that others use, too. */
export const serverPrefix = withDefault(
  z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,40}$/iu, {
      error: 'is a short name of letters, digits, - and _',
    })
    .default('understudy'),
);

const atLeastOne = (most: number) => optional(z.coerce.number().int().min(1).max(most));

/** The environment variables of the stores' servers. What is wrong is said without the value: it may hold a password. */
export const storesShape = {
  MONGODB_URL: optional(
    z.string().regex(/^mongodb(?:\+srv)?:\/\/[^\s/]+/u, {
      error: 'is not an address of MongoDB: mongodb://host:27017/database',
    }),
  ),
  QDRANT_URL: optional(
    z.url({ protocol: /^https?$/u, error: 'is not an address of Qdrant: http://host:6333' }),
  ),
  QDRANT_API_KEY: optional(z.string()),
  QDRANT_PREFIX: serverPrefix,
  QDRANT_EXPECTED_CHUNKS: atLeastOne(10_000_000_000),
  QDRANT_SHARDS: atLeastOne(1_000),
  QDRANT_REPLICAS: atLeastOne(10),
};

export type StoresEnvironment = {
  /** Connection string of MongoDB: warehouse, registry, caches and artefacts. Null: in the SQLite file. */
  readonly mongo: string | null;
  /** Where passages are searched. Null: in the SQLite file. */
  readonly qdrant: {
    readonly url: string;
    readonly apiKey?: string;
    readonly prefix: string;
    /** What a new set is laid out for. */
    readonly size?: {
      readonly expectedChunks?: number;
      readonly shards?: number;
      readonly replicas?: number;
    };
  } | null;
};

const storesSchema = z.object(storesShape);

export function storesOf(data: z.infer<typeof storesSchema>): StoresEnvironment {
  const { QDRANT_URL: url, QDRANT_API_KEY: apiKey, QDRANT_PREFIX: prefix } = data;
  return {
    mongo: data.MONGODB_URL ?? null,
    qdrant:
      url === undefined
        ? null
        : { url, prefix, ...(apiKey !== undefined && { apiKey }), ...sizeOf(data) },
  };
}

function sizeOf({
  QDRANT_EXPECTED_CHUNKS: expectedChunks,
  QDRANT_SHARDS: shards,
  QDRANT_REPLICAS: replicas,
}: z.infer<typeof storesSchema>): Pick<NonNullable<StoresEnvironment['qdrant']>, 'size'> {
  const size = {
    ...(expectedChunks !== undefined && { expectedChunks }),
    ...(shards !== undefined && { shards }),
    ...(replicas !== undefined && { replicas }),
  };
  return Object.keys(size).length > 0 ? { size } : {};
}
