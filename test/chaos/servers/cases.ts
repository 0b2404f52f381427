import { setTimeout as wait } from 'node:timers/promises';
import type { DocumentFeatures } from '../../../pipelines/stores/features/chunk.ts';
import { broken, rateLimited } from '../../servers/qdrant/faults.ts';
import { until } from './member.ts';
import type { Venue } from './venue.ts';

export type Strike = {
  readonly random: () => number;
  readonly kills: number;
  /** How long Redis is frozen, in milliseconds. */
  readonly pauseMs: number;
  /** How long Qdrant misbehaves, in milliseconds. */
  readonly stormMs: number;
  /** Lets somebody write and the deployment notice it. */
  readonly stir: () => Promise<void>;
  readonly log: (line: string) => void;
};

/** One kind of misfortune. It ends with everything running again; what was lost by then is what counts. */
export type Case = {
  readonly name: string;
  strike(venue: Venue, strike: Strike): Promise<void>;
};

const between = (random: () => number, least: number, most: number) =>
  least + random() * (most - least);

export const cases: readonly Case[] = [
  {
    name: 'kill-any-process',
    async strike({ members }, { random, kills, stir, log }) {
      for (let n = 1; n <= kills; n += 1) {
        if (n % 4 === 1) await stir();
        await wait(between(random, 50, 900));
        const victim = members[Math.floor(random() * members.length)];
        await victim?.kill();
        await victim?.start();
        if (n % 10 === 0) log(`${n} of ${kills} kills`);
      }
    },
  },
  {
    name: 'redis-restarted',
    async strike({ redis }, { random, stir }) {
      for (let n = 0; n < 3; n += 1) {
        await stir();
        await wait(between(random, 100, 800));
        await redis.kill();
        await wait(between(random, 200, 1_500));
        await redis.start();
      }
    },
  },
  {
    name: 'redis-wiped',
    async strike({ redis }, { random, stir }) {
      for (let n = 0; n < 3; n += 1) {
        await stir();
        await wait(between(random, 50, 1_200));
        await flush(redis.url);
      }
    },
  },
  {
    name: 'redis-paused',
    async strike({ redis }, { pauseMs, stir }) {
      await stir();
      redis.freeze();
      await wait(pauseMs);
      redis.thaw();
    },
  },
  {
    name: 'mongo-connections-cut',
    async strike({ way }, { random, stir }) {
      for (let n = 0; n < 20; n += 1) {
        if (n % 5 === 0) await stir();
        await wait(between(random, 20, 300));
        way.cut();
      }
      way.close();
      await wait(3_000);
      way.open();
    },
  },
  {
    name: 'qdrant-429-storm',
    async strike({ qdrant }, { stir, stormMs }) {
      qdrant.misbehave(rateLimited(1));
      await stir();
      await wait(stormMs / 2);
      qdrant.behave();
      qdrant.misbehave(rateLimited());
      await wait(stormMs / 2);
      qdrant.behave();
    },
  },
  {
    name: 'qdrant-500-storm',
    async strike({ qdrant }, { stir, stormMs }) {
      await stir();
      for (const status of [500, 503] as const) {
        qdrant.misbehave(broken(status));
        await wait(stormMs / 2);
        qdrant.behave();
      }
    },
  },
  {
    name: 'qdrant-silent',
    async strike({ qdrant }, { stir, stormMs }) {
      await stir();
      qdrant.misbehave({ kind: 'hang', done: true });
      await wait(stormMs);
      qdrant.behave();
    },
  },
  {
    name: 'qdrant-replies-lost-or-doubled',
    async strike({ qdrant }, { stir, stormMs }) {
      for (const fault of [
        { kind: 'cut', done: true },
        { kind: 'twice' },
        { kind: 'half' },
      ] as const) {
        const calm = qdrant.misbehave(fault, { on: /points/u, times: 40 });
        await stir();
        await wait(stormMs / 3);
        calm();
      }
    },
  },
  {
    name: 'clock-skew',
    async strike({ members }, { stir }) {
      const hour = 3_600_000;
      for (const [index, member] of members.entries()) {
        await member.stop();
        await member.start(index % 2 === 0 ? hour : -hour);
      }
      await stir();
      for (const member of members) await until(`${member.name} is ready`, () => member.ready());
      await stir();
      await wait(2_000);
      for (const member of members) {
        await member.stop();
        await member.start();
      }
    },
  },
  {
    name: 'duplicates-out-of-order',
    async strike({ stores, queues }, { stir, random }) {
      const set = (await stores.features.current())?.id ?? '';
      const old: DocumentFeatures[] = [];
      for await (const { documentId } of stores.features.revisions(set)) {
        const features = await stores.features.documentFeatures(set, documentId);
        if (features) old.push(features);
        if (old.length >= 50) break;
      }
      await stir();
      // The same work by many names, and slices of what was.
      const documents = old.map(({ documentId, revision }) => [documentId, 'put', revision]);
      for (let n = 0; n < 8; n += 1) {
        await queues.enqueue('features', `again-${n}`, {});
        await queues.enqueue('features', `late-${n}`, { slice: { set, documents } });
      }
      await wait(1_500);
      // What was made of older revisions arrives after what was made of newer ones.
      const shuffled = old.toSorted(() => random() - 0.5);
      for (const features of shuffled) {
        const document = await stores.warehouse.get(features.documentId);
        const isOld = (document?.revision ?? 0) > features.revision;
        if (isOld) await stores.features.putDocument(set, features);
      }
    },
  },
];

async function flush(url: string): Promise<void> {
  const { Redis } = await import('ioredis');
  const redis = new Redis(url);
  await redis.flushall();
  redis.disconnect();
}
