import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PermanentError, TransientError } from '../../pipelines/stores/errors.ts';
import type { Mover, Registry } from '../../pipelines/stores/registry/port.ts';
import { releaseId, type Stage } from '../../pipelines/stores/registry/release.ts';
import { startChild } from '../servers/child.ts';
import { spec } from './releases.ts';

export type OpenRegistry = {
  readonly registry: Registry;
  /** A second connection to the same storage, as another process would have. */
  readonly other: Registry;
  /** How another process opens it: the home, or MongoDB's URL. */
  readonly where: string;
  close(): Promise<void>;
};

const twin = 'ada';
const by: Mover = { person: 'grace', reason: 'it is good' };

/** What pipelines/stores/registry/port.ts promises, for any adapter. `open` gives an empty storage. */
export function describeRegistry(name: string, open: () => Promise<OpenRegistry>): void {
  describe(`registry on ${name}`, () => {
    let opened: OpenRegistry;
    let registry: Registry;
    beforeEach(async () => {
      opened = await open();
      registry = opened.registry;
    });
    afterEach(() => opened.close());
    const last = async () => (await registry.ledger(twin)).at(-1)?.sequence ?? 0;
    const move = async (release: string, to: Stage, mover = by) =>
      registry.move({ twin, release, to, by: mover, expected: await last() });
    const stageOf = async (id: string) =>
      (await registry.releases(twin)).find((release) => release.id === id)?.stage;

    test('registers a release once, as a candidate, with one ledger line', async () => {
      const release = await registry.register(spec('a'));
      const { retrieval } = spec('a');
      const reordered = { weights: { dense: 0.3, lexical: 0.7 }, limit: retrieval['limit'] ?? 8 };
      expect(await opened.other.register(spec('a', { retrieval: reordered }))).toEqual(release);
      expect(release).toMatchObject({ ...spec('a'), id: releaseId(spec('a')) });
      expect(await registry.releases(twin)).toEqual([{ ...release, stage: 'candidate' }]);
      expect(await registry.ledger(twin)).toMatchObject([
        { sequence: 1, twin, release: release.id, from: null, to: 'candidate' },
      ]);
      expect(await registry.release(release.id)).toEqual(release);
      expect(await registry.release('rel-unknown')).toBeUndefined();
    });

    test('keeps twins apart', async () => {
      await registry.register(spec('a'));
      await registry.register(spec('a', { twin: 'bob' }));
      expect(await registry.releases(twin)).toHaveLength(1);
      expect((await registry.ledger('bob')).map(({ sequence }) => sequence)).toEqual([1]);
    });

    test('moves a release, notes who moved it, and says what stands where', async () => {
      const { id } = await registry.register(spec('a'));
      expect(await registry.at(twin, 'production')).toBeUndefined();
      const gate: Mover = { gate: 'voice', report: 'sha-1' };
      const moves = await move(id, 'production', gate);
      expect(moves).toMatchObject([{ sequence: 2, from: 'candidate', to: 'production', by: gate }]);
      expect((await opened.other.at(twin, 'production'))?.id).toBe(id);
    });

    test.each(['production', 'canary'] as const)('has one release in %s at most', async (stage) => {
      const a = await registry.register(spec('a'));
      const b = await registry.register(spec('b'));
      await move(a.id, stage);
      const moves = await move(b.id, stage);
      expect(moves).toMatchObject([
        { sequence: 4, release: a.id, from: stage, to: 'archived', by },
        { sequence: 5, release: b.id, from: 'candidate', to: stage, by },
      ]);
      expect((await registry.at(twin, stage))?.id).toBe(b.id);
      expect(await stageOf(a.id)).toBe('archived');
    });

    test('does not archive production when a canary is replaced', async () => {
      const [a, b] = [await registry.register(spec('a')), await registry.register(spec('b'))];
      await move(a.id, 'production');
      await move(b.id, 'canary');
      expect((await registry.at(twin, 'production'))?.id).toBe(a.id);
      await move(b.id, 'production');
      expect(await registry.at(twin, 'canary')).toBeUndefined();
      expect(await stageOf(a.id)).toBe('archived');
    });

    test('refuses a move from another state of the ledger than the caller saw', async () => {
      const a = await registry.register(spec('a'));
      const change = { twin, release: a.id, to: 'canary', by, expected: 0 } as const;
      await expect(registry.move(change)).rejects.toMatchObject({ code: 'registry.conflict' });
      await expect(registry.move(change)).rejects.toBeInstanceOf(TransientError);
      expect(await registry.ledger(twin)).toHaveLength(1);
    });

    test('lets one of several simultaneous moves win', async () => {
      const ids = [];
      for (const model of ['a', 'b', 'c', 'd']) ids.push((await registry.register(spec(model))).id);
      const expected = await last();
      const outcomes = await Promise.allSettled(
        ids.map((release, index) =>
          [registry, opened.other][index % 2]!.move({
            twin,
            release,
            to: 'production',
            by,
            expected,
          }),
        ),
      );
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await last()).toBe(expected + 1);
    });

    test('does not move what was never registered', async () => {
      const unknown = registry.move({ twin, release: 'rel-x', to: 'canary', by, expected: 0 });
      await expect(unknown).rejects.toBeInstanceOf(PermanentError);
    });

    test('gives one of many who register the same at once the one line, and all the release', async () => {
      const both = [registry, opened.other];
      const releases = await Promise.all(
        Array.from({ length: 12 }, (_, n) => both[n % 2]!.register(spec(`model ${n % 3}`))),
      );
      expect(new Set(releases.map(({ id }) => id)).size).toBe(3);
      const ledger = await registry.ledger(twin);
      expect(ledger.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
      expect(new Set(ledger.map(({ release }) => release)).size).toBe(3);
    });

    test('stays whole when a process is killed while others register and move', {
      timeout: 120_000,
    }, async () => {
      const models = Array.from({ length: 6 }, (_, n) => `model ${n}`);
      const start = () =>
        startChild(
          process.execPath,
          [join(import.meta.dirname, 'registry-process.ts'), opened.where, ...models],
          (output) => (output.includes('done') ? true : undefined),
        );
      const [killed, ...others] = await Promise.all([start(), start(), start()]);
      const ends = others.map((other) =>
        other.process.exitCode === null ? once(other.process, 'close') : undefined,
      );
      await killed!.kill();
      await Promise.all(ends);
      expect(others.map((other) => other.process.exitCode)).toEqual([0, 0]);

      const ledger = await registry.ledger(twin);
      expect(ledger.map(({ sequence }) => sequence)).toEqual(ledger.map((_, index) => index + 1));
      const registered = ledger.filter(({ from }) => from === null).map(({ release }) => release);
      expect(registered.toSorted()).toEqual(
        models.map((model) => releaseId(spec(model))).toSorted(),
      );
      const stages = new Map<string, Stage>();
      for (const { release, from, to } of ledger) {
        expect(stages.get(release) ?? null).toBe(from);
        stages.set(release, to);
        const standing = [...stages.values()].filter((stage) => stage === 'production');
        expect(standing.length).toBeLessThanOrEqual(1);
      }
      const production = [...stages].find(([, stage]) => stage === 'production')?.[0];
      expect((await opened.other.at(twin, 'production'))?.id).toBe(production);
      for (const release of await registry.releases(twin)) {
        expect(release.stage).toBe(stages.get(release.id));
      }
    });

    test('can tell from the ledger what production was at any time', async () => {
      const [a, b] = [await registry.register(spec('a')), await registry.register(spec('b'))];
      await move(a.id, 'production');
      await move(b.id, 'production');
      await move(a.id, 'production');
      const ledger = await registry.ledger(twin);
      expect(ledger.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7]);
      const productions = ledger.filter(({ to }) => to === 'production');
      expect(productions.map(({ release }) => release)).toEqual([a.id, b.id, a.id]);
    });
  });
}
