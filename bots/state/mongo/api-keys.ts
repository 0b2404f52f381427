import { z } from 'zod';
import { prepareCollection } from '../../../pipelines/stores/mongo/collection.ts';
import type { Mongo } from '../../../pipelines/stores/mongo/connection.ts';
import { attempt, isDuplicate } from '../../../pipelines/stores/mongo/failure.ts';
import { accessSchema, scopesSchema } from '../key-schema.ts';
import type { ApiKey, ApiKeys } from '../port.ts';

const storedSchema = z.object({
  _id: z.string(),
  name: z.string(),
  /** The name for as long as the key is not revoked: of those no two are the same. */
  nameInUse: z.string().exactOptional(),
  hash: z.string(),
  scopes: scopesSchema,
  access: accessSchema,
  createdAt: z.string(),
  lastUsedOn: z.string().nullable(),
  expiresAt: z.string().nullable(),
  revokedAt: z.string().nullable(),
});
export type StoredKey = z.infer<typeof storedSchema>;

/** The API's keys on MongoDB, for several machines. */
export async function openMongoApiKeys(mongo: Mongo): Promise<ApiKeys> {
  const keys = await prepareCollection<StoredKey>(mongo, {
    name: 'api_keys',
    indexes: [
      { name: 'by_hash', key: { hash: 1 }, unique: true },
      { name: 'by_name_in_use', key: { nameInUse: 1 }, unique: true, sparse: true },
    ],
  });

  return {
    add: (key) =>
      attempt('keep a key', async () => {
        try {
          await keys.insertOne(storedOf({ ...key, lastUsedOn: null, revokedAt: null }));
          return true;
        } catch (error) {
          if (isDuplicate(error)) return false;
          throw error;
        }
      }),
    async find(hash) {
      const found = await attempt('look for a key', () => keys.findOne({ hash }));
      return found ? keyOf(found) : undefined;
    },
    async list() {
      const byName = { name: 1, createdAt: 1, _id: 1 } as const;
      const found = await attempt('list the keys', () => keys.find().sort(byName).toArray());
      return found.map(keyOf);
    },
    async revoke(nameOrId, at) {
      const { modifiedCount } = await attempt('revoke a key', () =>
        keys.updateMany(
          { $or: [{ nameInUse: nameOrId }, { _id: nameOrId }], revokedAt: null },
          { $set: { revokedAt: at }, $unset: { nameInUse: '' } },
        ),
      );
      return modifiedCount > 0;
    },
    async used(id, day) {
      await attempt('note the use of a key', () =>
        keys.updateOne(
          { _id: id, $or: [{ lastUsedOn: null }, { lastUsedOn: { $lt: day } }] },
          { $set: { lastUsedOn: day } },
        ),
      );
    },
  };
}

export function keyOf(found: StoredKey): ApiKey {
  const { _id, hash, nameInUse, ...key } = storedSchema.parse(found);
  return { ...key, id: _id };
}

/** As it is kept, with the hash that it is found by. */
export function storedOf({
  id,
  name,
  scopes,
  access,
  revokedAt,
  ...key
}: ApiKey & { readonly hash: string }): StoredKey {
  return {
    ...key,
    _id: id,
    name,
    ...(revokedAt === null && { nameInUse: name }),
    scopes: [...scopes],
    access: accessSchema.parse(access),
    revokedAt,
  };
}
