import type { Collection, Document, Filter } from 'mongodb';
import { TransientError } from '../errors.ts';
import { prepareCollection } from '../mongo/collection.ts';
import type { Mongo } from '../mongo/connection.ts';
import { attempt, isDuplicate } from '../mongo/failure.ts';
import { moverSchema, registration } from './mover.ts';
import type { Registry } from './port.ts';
import { conflict, unknownRelease } from './refusals.ts';
import { type Release, releaseId, releaseSchema, type Stage } from './release.ts';
import { movesOf, releaseOf, type Step, sequenceAfter, stepAfter, stepSchema } from './steps.ts';

/** Of so many who register for one twin at once, all get through. */
const mostRounds = 200;

const indexes = [
  { name: 'by_twin', key: { twin: 1, first: 1 } },
  { name: 'by_release', key: { 'moves.release': 1, first: 1 } },
  { name: 'registered_once', key: { 'registered.id': 1 }, unique: true, sparse: true },
] as const;

/**
 * The ledger on MongoDB: one document per step, only ever inserted. The next step's `_id` says where it stands in the
 * ledger, so inserting it is compare-and-swap, and needs no transaction.
 */
export async function openMongoRegistry(mongo: Mongo): Promise<Registry> {
  const steps = await prepareCollection<Step>(mongo, {
    name: 'registry',
    schema: ledgerSchema,
    indexes: [...indexes],
  });

  return {
    async register(draft) {
      const spec = releaseSchema.parse(draft);
      const id = releaseId(spec);
      for (let round = 0; round < mostRounds; round += 1) {
        const known = await findRelease(steps, id);
        if (known) return known;
        const last = await latest(steps, { twin: spec.twin });
        const createdAt = new Date().toISOString();
        const line = { release: id, from: null, to: 'candidate', by: registration } as const;
        const step = {
          ...stepAfter(last, spec.twin, [line], createdAt),
          registered: { id, createdAt, spec: JSON.stringify(spec) },
        };
        if (await append(steps, step)) return { ...spec, id, createdAt };
      }
      throw new TransientError(`Too many write to the ledger of ${spec.twin} at this moment.`, {
        code: 'registry.busy',
        hint: 'Run the same command again in a moment.',
        retryAfterMs: 1_000,
      });
    },
    release: (id) => findRelease(steps, id),
    async releases(twin) {
      const all = await read(steps, { twin });
      const stages = new Map<string, Stage>();
      for (const { release, to } of all.flatMap(({ moves }) => moves)) stages.set(release, to);
      return all
        .flatMap(({ registered }) => (registered ? [releaseOf(registered)] : []))
        .map((release) => ({ ...release, stage: stages.get(release.id) ?? 'candidate' }))
        .sort((a, b) => (order(a) < order(b) ? -1 : 1));
    },
    async at(twin, stage) {
      const id = (await latest(steps, { twin }))?.stands[stage];
      return id ? await findRelease(steps, id) : undefined;
    },

    async move({ twin, release, to, by, expected }) {
      const mover = moverSchema.parse(by);
      const last = await latest(steps, { twin });
      if (sequenceAfter(last) !== expected) throw conflict(twin, expected);
      const latestOfIt = await latest(steps, { twin, 'moves.release': release });
      const from = latestOfIt?.moves.findLast((line) => line.release === release)?.to;
      if (from === undefined) throw unknownRelease(twin, release);
      if (from === to) return [];
      const former = to === 'production' || to === 'canary' ? last?.stands[to] : null;
      const lines = [{ release, from, to, by: mover }];
      const step = stepAfter(
        last,
        twin,
        former
          ? [{ release: former, from: to, to: 'archived' as const, by: mover }, ...lines]
          : lines,
        new Date().toISOString(),
      );
      if (!(await append(steps, step))) throw conflict(twin, expected);
      return movesOf(step);
    },
    ledger: async (twin) => (await read(steps, { twin })).flatMap(movesOf),
  };
}

/** What the server holds every step to, whoever writes it. */
const ledgerSchema: Document = {
  bsonType: 'object',
  required: ['twin', 'first', 'moves', 'stands'],
  properties: {
    twin: { bsonType: 'string' },
    first: { bsonType: 'number', minimum: 1 },
    moves: { bsonType: 'array', minItems: 1, maxItems: 2 },
    stands: { bsonType: 'object' },
  },
};

const order = ({ createdAt, id }: Release) => `${createdAt} ${id}`;

/** False when somebody else wrote that step, or registered that release. */
async function append(steps: Collection<Step>, step: Step): Promise<boolean> {
  return await attempt('write to the ledger', async () => {
    try {
      await steps.insertOne(step);
      return true;
    } catch (error) {
      if (isDuplicate(error)) return false;
      throw error;
    }
  });
}

async function latest(steps: Collection<Step>, filter: Filter<Step>): Promise<Step | undefined> {
  const found = await attempt('read the ledger', () =>
    steps.findOne(filter, { sort: { first: -1 } }),
  );
  return found ? stepSchema.parse(found) : undefined;
}

async function read(steps: Collection<Step>, filter: Filter<Step>): Promise<readonly Step[]> {
  const found = await attempt('read the ledger', () =>
    steps.find(filter).sort({ first: 1 }).toArray(),
  );
  return found.map((step) => stepSchema.parse(step));
}

async function findRelease(steps: Collection<Step>, id: string): Promise<Release | undefined> {
  const step = await latest(steps, { 'registered.id': id });
  return step?.registered && releaseOf(step.registered);
}
