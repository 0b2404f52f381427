import { createHash, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ArtefactStore } from '../../pipelines/stores/artefacts/port.ts';
import { PermanentError } from '../../pipelines/stores/errors.ts';
import { collected } from './fixtures.ts';

export type OpenArtefacts = {
  readonly store: ArtefactStore;
  /** The same storage as another process would open it. */
  readonly other: ArtefactStore;
  /** Spoils the stored bytes behind the store's back. */
  damage(sha256: string): Promise<void>;
  close(): Promise<void>;
};

const about = { name: 'report.json', mediaType: 'application/json' };
const addressOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** What pipelines/stores/artefacts/port.ts promises, for any adapter. `open` gives an empty storage. */
export function describeArtefacts(name: string, open: () => Promise<OpenArtefacts>): void {
  describe(`artefacts on ${name}`, () => {
    let opened: OpenArtefacts;
    let store: ArtefactStore;
    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(() => opened.close());

    test('addresses bytes by their hash and gives them back', async () => {
      const bytes = randomBytes(100_000);
      const put = await store.put(bytes, about);
      expect(put).toEqual({ ...about, sha256: addressOf(bytes), bytes: bytes.byteLength });
      expect(Buffer.from(await store.read(put.sha256)).equals(bytes)).toBe(true);
      expect(await store.stat(put.sha256)).toEqual(put);
    });

    test('takes a stream part by part, and an empty one', async () => {
      const parts = Array.from({ length: 50 }, () => randomBytes(1_000));
      const stream = (async function* () {
        yield* parts;
      })();
      const { sha256 } = await store.put(stream, about);
      expect(sha256).toBe(addressOf(Buffer.concat(parts)));
      expect(await store.read((await store.put(new Uint8Array(), about)).sha256)).toHaveLength(0);
    });

    test('stores the same bytes once, also when several put them at the same time', async () => {
      const bytes = randomBytes(5_000);
      const both = [store, opened.other];
      const stream = async function* () {
        yield bytes;
      };
      const all = await Promise.all(
        Array.from({ length: 8 }, (_, n) => both[n % 2]!.put(n < 4 ? bytes : stream(), about)),
      );
      expect(new Set(all.map(({ sha256 }) => sha256)).size).toBe(1);
      for (const each of both) expect(await collected(each.list())).toEqual([all[0]]);
      expect(Buffer.from(await opened.other.read(all[0]!.sha256)).equals(bytes)).toBe(true);
    });

    test('leaves nothing of a stream that broke off', async () => {
      const broken = (async function* () {
        yield randomBytes(1_000);
        throw new Error('the line went dead');
      })();
      await expect(store.put(broken, about)).rejects.toThrow('the line went dead');
      expect(await collected(store.list())).toEqual([]);
    });

    test('hands out no bytes but those of the address', async () => {
      const { sha256 } = await store.put(randomBytes(500), about);
      await opened.damage(sha256);
      const read = store.read(sha256);
      await expect(read).rejects.toBeInstanceOf(PermanentError);
      await expect(read).rejects.toMatchObject({ code: 'artefact.corrupt' });
    });

    test.each(['0'.repeat(64), 'nonsense', '../../etc/passwd', ''])(
      'does not know %j',
      async (address) => {
        expect(await store.stat(address)).toBeUndefined();
        await expect(store.read(address)).rejects.toMatchObject({ code: 'artefact.unknown' });
        await store.remove(address);
      },
    );

    test('shows nobody a file that is not whole yet', async () => {
      const [first, rest] = [randomBytes(700_000), randomBytes(700_000)];
      let goOn = () => {};
      const waiting = new Promise<void>((resolve) => {
        goOn = resolve;
      });
      const stream = (async function* () {
        yield first;
        await waiting;
        yield rest;
      })();
      const put = store.put(stream, about);
      const sha256 = addressOf(Buffer.concat([first, rest]));
      expect(await opened.other.stat(sha256)).toBeUndefined();
      await expect(opened.other.read(sha256)).rejects.toMatchObject({ code: 'artefact.unknown' });
      expect(await collected(opened.other.list())).toEqual([]);
      goOn();
      await put;
      expect(await opened.other.read(sha256)).toHaveLength(1_400_000);
    });

    test('removes an artefact, and takes it in again', async () => {
      const bytes = randomBytes(500);
      const { sha256 } = await store.put(bytes, about);
      await store.remove(sha256);
      expect(await store.stat(sha256)).toBeUndefined();
      await expect(store.read(sha256)).rejects.toMatchObject({ code: 'artefact.unknown' });
      await store.put(bytes, about);
      expect(await collected(store.list())).toHaveLength(1);
    });
  });
}
