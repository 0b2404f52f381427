import { z } from 'zod';
import {
  type Mongo,
  type MongoAbilities,
  openMongo,
} from '../../../pipelines/stores/mongo/connection.ts';
import { attempt } from '../../../pipelines/stores/mongo/failure.ts';
import type { Finding } from '../../finding.ts';

const buildSchema = z.object({ version: z.string() });
const helloSchema = z.object({ setName: z.string().optional(), localTime: z.date() });

/** Clocks that differ by more, in milliseconds, make times of collection and leases look odd to people. */
const muchSkewMs = 5_000;

/**
 * What MongoDB can do for us, and whether its clock agrees with ours.
 *
 * @param now milliseconds since 1970 by our clock
 * @throws TransientError or PermanentError when it cannot be opened
 */
export async function checkMongo(url: string, now: () => number): Promise<readonly Finding[]> {
  const mongo = await openMongo(url);
  try {
    const { version } = buildSchema.parse(await ask(mongo, 'say its version', { buildInfo: 1 }));
    const askedAt = now();
    const hello = helloSchema.parse(await ask(mongo, 'say what time it is', { hello: 1 }));
    // It looked at its clock somewhere between: half way is off by half the time at most.
    const skewMs = hello.localTime.getTime() - (askedAt + now()) / 2;
    const { databaseName: database } = mongo.db;
    return mongoFindings({ version, database, setName: hello.setName, can: mongo.can, skewMs });
  } finally {
    await mongo.close();
  }
}

export type MongoFacts = {
  readonly version: string;
  readonly database: string;
  readonly setName: string | undefined;
  readonly can: MongoAbilities;
  /** How far its clock is ahead of ours. */
  readonly skewMs: number;
};

export function mongoFindings({ version, database, setName, can, skewMs }: MongoFacts): Finding[] {
  return [
    { name: 'MongoDB', verdict: 'good', found: `${version}, database ${database}` },
    newsOf(can, setName),
    schemasOf(can),
    clockOf(skewMs),
  ];
}

const ask = (mongo: Mongo, what: string, command: Readonly<Record<string, number>>) =>
  attempt(what, () => mongo.db.command(command));

function newsOf(can: MongoAbilities, setName: string | undefined): Finding {
  const name = 'MongoDB changes';
  const clustered = setName === undefined ? 'sharded cluster' : `replica set ${setName}`;
  return can.changeStreams
    ? { name, verdict: 'good', found: `told by change streams (${clustered})` }
    : {
        name,
        verdict: 'advice',
        found: 'asked for once a second: this server stands alone and has no change streams',
        todo: 'Make it a replica set, of one is enough (mongod --replSet rs0, then rs.initiate()).',
      };
}

function schemasOf(can: MongoAbilities): Finding {
  const name = 'MongoDB schemas';
  return can.validators
    ? { name, verdict: 'good', found: 'every write is held to one' }
    : {
        name,
        verdict: 'advice',
        found: 'this server cannot hold documents to a schema',
        todo: 'Nothing breaks by it; MongoDB itself would refuse what another program writes wrongly.',
      };
}

function clockOf(skewMs: number): Finding {
  const name = 'MongoDB clock';
  const seconds = `${(Math.abs(skewMs) / 1_000).toFixed(1)} s`;
  if (Math.abs(skewMs) <= muchSkewMs) {
    return { name, verdict: 'good', found: `within ${seconds} of this machine’s` };
  }
  return {
    name,
    verdict: 'advice',
    found: `${seconds} ${skewMs > 0 ? 'ahead of' : 'behind'} this machine’s`,
    todo: 'Nothing is lost by it, but times will not add up: let both keep time by NTP.',
  };
}
