import { BSON, type Collection, type ResumeToken } from 'mongodb';
import { PermanentError } from '../../errors.ts';
import type { Mongo } from '../../mongo/connection.ts';
import { attempt } from '../../mongo/failure.ts';
import type { News, WarehouseChanges } from '../changes.ts';
import { insist, pause } from '../insist.ts';
import { pollChanges } from '../poll-changes.ts';
import { readStream } from './change-stream.ts';
import { type Notices, openNotices } from './notices.ts';
import { type StoredFollower, savedToken, saveToken } from './resume-token.ts';
import { documentsName, type Stored } from './stored.ts';
import { versionOf } from './version.ts';

export type MongoChangesOptions = {
  /** The follower's own: under it is kept how far it has come. */
  readonly name: string;
  /** Told in words when news were lost, or the stream had to be given up. */
  readonly alarm: (what: string) => void;
  readonly pollEveryMs: number;
  /** How long to gather news before telling them, 50 ms unless told. */
  readonly gatherMs?: number;
  /** How long the server may hold back an answer while nothing happens, 10,000 ms unless told. */
  readonly awaitMs?: number;
};

/**
 * News by change stream where the server has them, else by polling; `by` says which. How far a follower has come is
 * kept only after `changed` has resolved, so what it was busy with when it was killed is told again.
 */
export function followMongoChanges(mongo: Mongo, options: MongoChangesOptions): WarehouseChanges {
  const documents = mongo.db.collection<Stored>(documentsName);
  const version = () => attempt("tell the warehouse's version", () => versionOf(documents));
  const polling = pollChanges({ version }, { everyMs: options.pollEveryMs });
  if (!mongo.can.changeStreams) return polling;

  let by: WarehouseChanges['by'] = 'change-stream';
  return {
    get by() {
      return by;
    },
    async follow(changed, signal) {
      const refused = await followStream({ mongo, documents, options, changed }, signal);
      if (refused === undefined) return;
      by = 'polling';
      options.alarm(`${refused.message} From now on the version is asked for instead.`);
      await polling.follow(changed, signal);
    },
  };
}

type Following = {
  readonly mongo: Mongo;
  readonly documents: Collection<Stored>;
  readonly options: MongoChangesOptions;
  readonly changed: (news: News) => Promise<void>;
};

/** Returns why there is no stream, if there is none. */
async function followStream(
  { mongo, documents, options, changed }: Following,
  outer: AbortSignal,
): Promise<PermanentError | undefined> {
  const { name, alarm, pollEveryMs: retryMs, gatherMs = 50, awaitMs = 10_000 } = options;
  const followers = mongo.db.collection<StoredFollower>('change_followers');
  let from: ResumeToken | undefined;
  const find = async () => {
    from = await savedToken(followers, name);
  };
  if (!(await insist(find, retryMs, outer))) return undefined;

  const notices = openNotices();
  const ended = new AbortController();
  const signal = AbortSignal.any([outer, ended.signal]);
  const reading = readStream({ documents, notices, from, awaitMs, retryMs, alarm }, signal);
  const save = (position: ResumeToken) => saveToken(followers, name, position);
  const telling = tell({ notices, changed, save, gatherMs, retryMs }, signal);
  const either = () => ended.abort();
  const [read, told] = await Promise.allSettled([reading.finally(either), telling.finally(either)]);
  if (told.status === 'rejected') throw told.reason;
  if (read.status === 'fulfilled') return undefined;
  if (read.reason instanceof PermanentError) return read.reason;
  throw read.reason;
}

type Telling = Pick<Following, 'changed'> & {
  readonly notices: Notices;
  readonly save: (position: ResumeToken) => Promise<void>;
  readonly gatherMs: number;
  readonly retryMs: number;
};

/** One call at a time, and only after it the position of what it was told. */
async function tell(
  { notices, changed, save, gatherMs, retryMs }: Telling,
  signal: AbortSignal,
): Promise<void> {
  let saved: string | undefined;
  for (;;) {
    await notices.arrived(signal);
    await pause(gatherMs, signal);
    const notice = notices.take();
    if (signal.aborted) return;
    if (!notice) continue;
    const { position, lost } = notice;
    if (notice.changed && !(await insist(() => changed({ lost }), retryMs, signal))) return;
    // Idle, most servers stay where they are.
    const written = BSON.EJSON.stringify(position);
    if (written !== saved && !(await insist(() => save(position), retryMs, signal))) return;
    saved = written;
  }
}
