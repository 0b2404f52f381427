import { join } from 'node:path';
import { Binary, type ObjectId } from 'mongodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openGridfsArtefacts } from '../../../pipelines/stores/artefacts/gridfs.ts';
import {
  trackUploads,
  type UploadNote,
} from '../../../pipelines/stores/artefacts/gridfs-uploads.ts';
import type { Mongo } from '../../../pipelines/stores/mongo/connection.ts';
import { describeArtefacts } from '../../conformance/artefacts.ts';
import { collected } from '../../conformance/fixtures.ts';
import { startChild } from '../../servers/child.ts';
import { hasMongo } from '../../servers/ferretdb/server.ts';
import { mongoHouse, type TemporaryMongo } from './temporary-mongo.ts';

describe.skipIf(!hasMongo)('with a MongoDB', () => {
  let house: Awaited<ReturnType<typeof mongoHouse>>;
  beforeAll(async () => {
    house = await mongoHouse();
  });
  afterAll(() => house.stop());

  describeArtefacts('GridFS', async () => {
    const place = house.database();
    const mongo = await place.open();
    return {
      store: await openGridfsArtefacts(mongo),
      other: await openGridfsArtefacts(await place.open()),
      async damage() {
        const chunks = mongo.db.collection('artefact_files.chunks');
        const chunk = await chunks.findOne({});
        const bytes = Buffer.from((chunk!['data'] as Binary).value());
        bytes.writeUInt8(bytes.readUInt8(0) ^ 1, 0);
        await chunks.updateOne({ _id: chunk!._id }, { $set: { data: new Binary(bytes) } });
      },
      close: place.close,
    };
  });

  describe('what is left in GridFS', () => {
    const hourMs = 3_600_000;
    const about = { name: 'a', mediaType: 'text/plain' };
    const small = Buffer.from('a few bytes');
    let place: TemporaryMongo;
    let mongo: Mongo;
    let nowMs: number;
    beforeEach(async () => {
      place = house.database();
      mongo = await place.open();
      nowMs = Date.now();
    });
    afterEach(() => place.close());
    const open = () => openGridfsArtefacts(mongo, { now: () => nowMs });
    const count = async (name: string) => await mongo.db.collection(name).countDocuments();
    const kept = async () => ({
      chunks: await count('artefact_files.chunks'),
      files: await count('artefact_files.files'),
      notes: await count('artefact_uploads'),
    });

    test('is each file once, however many put it', async () => {
      const store = await open();
      const other = await openGridfsArtefacts(await place.open());
      const stream = async function* () {
        yield small;
      };
      await Promise.all([store, other, store, other].map((each) => each.put(stream(), about)));
      await store.put(small, about);
      expect(await kept()).toEqual({ chunks: 1, files: 1, notes: 0 });
    });

    test('is nothing of a removed artefact', async () => {
      const store = await open();
      const { sha256 } = await store.put(small, about);
      await store.remove(sha256);
      expect(await kept()).toEqual({ chunks: 0, files: 0, notes: 0 });
    });

    test('is nothing of a put that was killed, once it has been silent for an hour', async () => {
      const script = join(import.meta.dirname, 'put-process.ts');
      const child = await startChild(process.execPath, [script, place.url], (output) =>
        output.includes('half') ? true : undefined,
      );
      await child.kill();
      expect((await kept()).chunks).toBeGreaterThan(5);
      const store = await open();
      await store.put(small, about);
      expect((await kept()).chunks).toBeGreaterThan(5);
      nowMs += 2 * hourMs;
      await store.put(Buffer.from('more'), about);
      expect(await kept()).toEqual({ chunks: 2, files: 2, notes: 0 });
    });

    test('is no half of a put that was so slow that it was swept: it fails, and can be repeated', async () => {
      const store = await open();
      const other = await open();
      const slow = (async function* () {
        yield Buffer.alloc(600_000, 'x');
        nowMs += 2 * hourMs;
        await other.put(small, about);
        yield Buffer.alloc(600_000, 'y');
      })();
      await expect(store.put(slow, about)).rejects.toMatchObject({
        name: 'TransientError',
        code: 'artefact.abandoned',
      });
      expect(await collected(store.list())).toHaveLength(1);
      nowMs += 2 * hourMs;
      await other.put(Buffer.from('more'), about);
      expect(await kept()).toEqual({ chunks: 2, files: 2, notes: 0 });
    });

    /** As a process notes it that is killed right afterwards. */
    const noteOf = async (file: unknown, abandoned: boolean) => {
      const aliveAt = new Date(nowMs);
      await mongo.db
        .collection('artefact_uploads')
        .insertOne({ _id: file as ObjectId, aliveAt, abandoned });
    };

    test('is an artefact whose process was killed between its description and the end', async () => {
      const store = await open();
      const { sha256 } = await store.put(small, about);
      const described = await mongo.db.collection('artefacts').findOne({});
      await noteOf(described!['file'], false);
      nowMs += 2 * hourMs;
      await store.put(Buffer.from('more'), about);
      expect(Buffer.from(await store.read(sha256)).equals(small)).toBe(true);
      expect(await kept()).toEqual({ chunks: 2, files: 2, notes: 0 });
    });

    test('is nothing of an artefact whose removal was killed half-way', async () => {
      const store = await open();
      const { sha256 } = await store.put(small, about);
      const described = await mongo.db.collection('artefacts').findOne({});
      await noteOf(described!['file'], true);
      await mongo.db.collection('artefacts').deleteOne({});
      expect(await store.stat(sha256)).toBeUndefined();
      nowMs += 2 * hourMs;
      await store.put(Buffer.from('more'), about);
      expect(await kept()).toEqual({ chunks: 1, files: 1, notes: 0 });
    });

    test('is not described once somebody else has swept it', async () => {
      const notes = mongo.db.collection<UploadNote>('artefact_uploads');
      const uploads = trackUploads(notes, () => nowMs);
      const [silent, heardOf] = [await uploads.begin(), await uploads.begin()];
      nowMs += 2 * hourMs;
      await uploads.renew(heardOf);
      const removed: ObjectId[] = [];
      await uploads.sweep(hourMs, async (file) => {
        removed.push(file);
      });
      expect(removed).toEqual([silent]);
      await expect(uploads.complete(silent)).rejects.toMatchObject({ code: 'artefact.abandoned' });
      await uploads.complete(heardOf);
      expect((await kept()).notes).toBe(0);
    });

    test('is a put that took hours, as long as something came', async () => {
      const store = await open();
      const other = await open();
      const slow = (async function* () {
        for (const letter of 'abcdef') {
          nowMs += hourMs / 2;
          await other.put(Buffer.from(letter), about);
          yield Buffer.alloc(100_000, letter);
        }
      })();
      const { sha256, bytes } = await store.put(slow, about);
      expect(bytes).toBe(600_000);
      expect(await other.read(sha256)).toHaveLength(600_000);
    });
  });
});
