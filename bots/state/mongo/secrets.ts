import { randomBytes } from 'node:crypto';
import { Binary } from 'mongodb';
import { prepareCollection } from '../../../pipelines/stores/mongo/collection.ts';
import type { Mongo } from '../../../pipelines/stores/mongo/connection.ts';
import { attempt, isDuplicate } from '../../../pipelines/stores/mongo/failure.ts';
import type { SealedStore } from '../secrets.ts';

type Kept = { readonly _id: string; readonly sealed: Binary };

const keyBytes = 32;
const pseudonymId = 'pseudonym';

/** Sealed bytes on MongoDB, for several machines. */
export async function openMongoSealedStore(mongo: Mongo): Promise<SealedStore> {
  const secrets = await prepareCollection<Kept>(mongo, { name: 'sealed_secrets' });
  const put = (_id: string, sealed: Uint8Array) =>
    secrets.replaceOne({ _id }, { sealed: new Binary(sealed) }, { upsert: true });
  return {
    put: (id, sealed) =>
      attempt('keep a secret', async () => {
        try {
          await put(id, sealed);
        } catch (error) {
          // Another process was the first to put it; now it is there to be replaced.
          if (!isDuplicate(error)) throw error;
          await put(id, sealed);
        }
      }),
    get: (id) =>
      attempt('read a secret', async () => {
        const found = await secrets.findOne({ _id: id });
        return found ? new Uint8Array(found.sealed.buffer) : undefined;
      }),
    remove: (id) =>
      attempt('remove a secret', async () => {
        await secrets.deleteOne({ _id: id });
      }),
  };
}

/**
 * The secret that people's pseudonyms are made with, the same for every process of the deployment: made by whoever
 * asks first.
 */
export async function mongoPseudonymKey(mongo: Mongo): Promise<Uint8Array> {
  const keys = await prepareCollection<{ readonly _id: string; readonly key: Binary }>(mongo, {
    name: 'keys',
  });
  return await attempt('make the key of pseudonyms', async () => {
    try {
      await keys.insertOne({ _id: pseudonymId, key: new Binary(randomBytes(keyBytes)) });
    } catch (error) {
      if (!isDuplicate(error)) throw error;
    }
    const kept = await keys.findOne({ _id: pseudonymId });
    if (!kept) throw new Error('A key that was kept a moment ago is gone.');
    return new Uint8Array(kept.key.buffer);
  });
}
