import { Binary } from 'mongodb';
import { sha256 } from '../../../pipelines/stores/identity.ts';
import { compareIds, digestOf, type Mark } from '../../../pipelines/stores/migration/part.ts';
import type { Mongo } from '../../../pipelines/stores/mongo/connection.ts';
import { attempt } from '../../../pipelines/stores/mongo/failure.ts';
import { keyOf, openMongoApiKeys, type StoredKey, storedOf } from '../mongo/api-keys.ts';
import type { BotsParts } from './parts.ts';
import { pseudonymId } from './parts.ts';

type Sealed = { readonly _id: string; readonly sealed: Binary };
type Settings = { readonly _id: string; readonly settings: string };
type Key = { readonly _id: string; readonly key: Binary };

/** What the bots keep on MongoDB. */
export async function mongoBotsParts(mongo: Mongo): Promise<BotsParts> {
  await openMongoApiKeys(mongo);
  const keys = mongo.db.collection<StoredKey>('api_keys');
  const sealed = mongo.db.collection<Sealed>('sealed_secrets');
  const settings = mongo.db.collection<Settings>('channel_settings');
  const pseudonyms = mongo.db.collection<Key>('keys');
  const moved = (stored: StoredKey) => ({ ...keyOf(stored), hash: stored.hash });
  return {
    keys: {
      marks: () =>
        listed(
          () => keys.find().toArray(),
          (key) => digestOf(moved(key)),
        ),
      read: (_id) =>
        attempt('read a key', async () => {
          const found = await keys.findOne({ _id });
          return found ? moved(found) : undefined;
        }),
      write: (_id, key) =>
        attempt('keep a key', async () => {
          await keys.replaceOne({ _id }, storedOf(key), { upsert: true });
        }),
    },
    sealed: {
      marks: () =>
        listed(
          () => sealed.find().toArray(),
          (each) => sha256(each.sealed.buffer),
        ),
      read: (_id) =>
        attempt('read a secret', async () =>
          (await sealed.findOne({ _id }))?.sealed.toString('base64'),
        ),
      write: (_id, content) =>
        attempt('keep a secret', async () => {
          const kept = { sealed: new Binary(Buffer.from(content, 'base64')) };
          await sealed.replaceOne({ _id }, kept, { upsert: true });
        }),
      remove: (_id) =>
        attempt('remove a secret', async () => {
          await sealed.deleteOne({ _id });
        }),
    },
    settings: {
      marks: () =>
        listed(
          () => settings.find().toArray(),
          (each) => sha256(each.settings),
        ),
      read: (_id) =>
        attempt('read settings', async () => (await settings.findOne({ _id }))?.settings),
      write: (_id, wanted) =>
        attempt('keep settings', async () => {
          await settings.replaceOne({ _id }, { settings: wanted }, { upsert: true });
        }),
      remove: (_id) =>
        attempt('remove settings', async () => {
          await settings.deleteOne({ _id });
        }),
    },
    pseudonymKey: {
      marks: () =>
        listed(
          () => pseudonyms.find({ _id: pseudonymId }).toArray(),
          ({ key }) => sha256(key.buffer),
        ),
      read: (_id) =>
        attempt('read a key', async () =>
          (await pseudonyms.findOne({ _id }))?.key.toString('base64'),
        ),
      write: (_id, key) =>
        attempt('keep a key', async () => {
          const kept = { key: new Binary(Buffer.from(key, 'base64')) };
          await pseudonyms.replaceOne({ _id }, kept, { upsert: true });
        }),
      // One that was made there before anything came: nobody goes by it.
      remove: async () => undefined,
    },
  };
}

async function* listed<Kept extends { readonly _id: string }>(
  find: () => Promise<readonly Kept[]>,
  digest: (kept: Kept) => string,
): AsyncIterable<Mark> {
  const found = await attempt('list what there is', find);
  const marks = found.map((kept) => ({ id: kept._id, digest: digest(kept) }));
  yield* marks.sort((a, b) => compareIds(a.id, b.id));
}
