import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { collected, draft } from './fixtures.ts';
import { startWorker, type Worker } from './processes.ts';
import type { OpenWarehouse } from './warehouse.ts';

/** The warehouse's promises under several processes, and under `kill -9`. */
export function describeDurability(name: string, open: () => Promise<OpenWarehouse>): void {
  describe(`warehouse on ${name} among processes`, { timeout: 120_000 }, () => {
    let opened: OpenWarehouse;
    let workers: Worker[];
    beforeEach(async () => {
      opened = await open();
      workers = [];
    });
    afterEach(async () => {
      for (const worker of workers) await worker.kill();
      await opened.close();
    });
    const start = (job: string, from: number, to: number, words = '') => {
      const parameters = [opened.address, job, `${from}`, `${to}`, words];
      const worker = startWorker('warehouse-process.ts', parameters);
      workers.push(worker);
      return worker;
    };
    const allDone = (started: readonly Worker[]) =>
      Promise.all(started.map((worker) => worker.done()));

    test('raises a revision once when several processes hand in the same', async () => {
      for (const [round, outcome] of ['created', 'changed'].entries()) {
        const three = [1, 2, 3].map(() => start('upsert', 0, 15, `Edition ${round}.`));
        await allDone(three);
        const said = three.flatMap((worker) => worker.said);
        expect(said).toHaveLength(45);
        expect(said.filter((each) => each['outcome'] === outcome)).toHaveLength(15);
        expect(new Set(said.map(({ revision }) => revision))).toEqual(new Set([round + 1]));
        const heads = await collected(opened.warehouse.heads());
        expect(heads.map(({ revision }) => revision)).toEqual(Array(15).fill(round + 1));
      }
    });

    test('gives every change of several processes a revision of its own', async () => {
      const three = ['one', 'two', 'three'].map((words) => start('contend', 0, 12, words));
      await allDone(three);
      const revisions = three.flatMap(({ said }) => said.map(({ revision }) => Number(revision)));
      expect(revisions.sort((a, b) => a - b)).toEqual(Array.from({ length: 36 }, (_, n) => n + 1));
      expect((await opened.warehouse.get(draft('contested').id))?.revision).toBe(36);
    });

    test('has all that was acknowledged before a kill, and doubles nothing afterwards', async () => {
      let said: Record<string, unknown>[] = [];
      for (const lines of [3, 11]) {
        const worker = start('upsert', 0, 5_000, 'Until it is killed.');
        await worker.lines(lines);
        await worker.kill();
        said = [...said, ...worker.said];
      }
      const heads = new Map((await collected(opened.warehouse.heads())).map((of) => [of.id, of]));
      for (const { id } of said) {
        expect(heads.get(String(id))).toEqual({ id, revision: 1, state: 'live' });
      }
      // What was written and not acknowledged any more is whole too.
      expect([...heads.values()].map(({ revision }) => revision)).toEqual(
        Array(heads.size).fill(1),
      );
      const documents = await collected(opened.warehouse.documents());
      expect(documents.map(({ content }) => content)).toEqual(
        Array(heads.size).fill('Until it is killed.'),
      );
    });

    test('finishes a forgetting that was killed, when it is asked again', async () => {
      const { warehouse } = opened;
      const count = 60;
      await start('upsert', 0, count, 'Secret.').done();
      for (let n = 0; n < count; n += 1) {
        const { id: documentId, link } = draft(`${n}`);
        await warehouse.putFetchMemory(link, { etag: 'Secret.', documentId });
        const origin = { link, crawler: 'web', addedAt: '2025', lastCollectedAt: null };
        await warehouse.putOrigin({ ...origin, lastOutcome: {} });
      }
      const killed = start('forget', 0, count);
      await killed.lines(1);
      await killed.kill();
      await start('forget', 0, count).done();
      expect(await collected(warehouse.heads())).toEqual([]);
      expect(await warehouse.origins()).toEqual([]);
      for (let n = 0; n < count; n += 1) {
        expect(await warehouse.fetchMemory(draft(`${n}`).link)).toBeUndefined();
        expect((await warehouse.upsert(draft(`${n}`))).outcome).toBe('refused');
      }
    });
  });
}
