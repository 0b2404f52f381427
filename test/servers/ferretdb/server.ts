import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Child, freePort, mayBeAbsent, startChild } from '../child.ts';
import { ferretBinary } from './binary.ts';
import { type Gate, oneAtATime } from './one-at-a-time.ts';

export type MongoServer = {
  readonly url: string;
  /** What stands before it; see there why. Absent before a server that MONGODB_URL names. */
  readonly gate?: Gate;
  stop(): Promise<void>;
  /** Ends it without warning; `start` brings it back with its data, on the same port. */
  kill(): Promise<void>;
  start(): Promise<void>;
};

const hasGo = () => spawnSync('go', ['version'], { stdio: 'ignore' }).status === 0;

/**
 * Whether tests against a MongoDB-wire server can run: `MONGODB_URL` names one, or the embedded FerretDB is built
 * (`npm run test:servers`). In CI, where Go can build it, a missing one fails rather than skips.
 */
export const hasMongo =
  Boolean(process.env['MONGODB_URL']) || existsSync(ferretBinary()) || (!mayBeAbsent && hasGo());

/** A FerretDB of its own in a temporary folder: a real server of the protocol, without transactions or change streams. */
export async function startFerret(): Promise<MongoServer> {
  const folder = await mkdtemp(join(tmpdir(), 'ferretdb-'));
  const port = await freePort();
  const gate = await oneAtATime(port);
  let child: Child;
  const start = async () => {
    child = await startChild(ferretBinary(), [`127.0.0.1:${port}`, folder], (output) =>
      output.includes('Listening on TCP') ? true : undefined,
    );
  };
  await start();
  return {
    url: `mongodb://127.0.0.1:${gate.port}/`,
    gate,
    start,
    kill: () => child.kill(),
    async stop() {
      await gate.close();
      await child.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The server that `MONGODB_URL` names, which nobody here stops, or a FerretDB of its own. */
export async function mongoForTests(): Promise<Pick<MongoServer, 'url' | 'gate' | 'stop'>> {
  const url = process.env['MONGODB_URL'];
  return url ? { url, stop: async () => {} } : await startFerret();
}
