import { type Db, MongoClient, type MongoClientOptions, MongoServerError } from 'mongodb';
import { z } from 'zod';
import { PermanentError } from '../errors.ts';
import { attempt } from './failure.ts';

/** What a server can do; what it cannot, the adapters do without. */
export type MongoAbilities = {
  /** Only replica sets and sharded clusters. */
  readonly transactions: boolean;
  /** Only replica sets and sharded clusters. */
  readonly changeStreams: boolean;
  /** Whether a collection can have a schema that the server holds its documents to. */
  readonly validators: boolean;
};

/** One connection pool to one database. Whoever opened it closes it, after every adapter that uses it. */
export type Mongo = {
  readonly db: Db;
  readonly can: MongoAbilities;
  close(): Promise<void>;
};

export type MongoOptions = {
  /** How long to look for a server that can take a command; 2,000 unless told. */
  readonly serverSelectionTimeoutMs?: number;
  /** How long one reply may take before its connection counts as dead; 60,000 unless told. */
  readonly replyTimeoutMs?: number;
};

const defaultDatabase = 'understudy';
const databaseInUrl = /^mongodb(?:\+srv)?:\/\/[^/?]+\/(?<name>[^?]+)/u;

const helloSchema = z.object({
  setName: z.string().optional(),
  /** A router of a sharded cluster says `isdbgrid`. */
  msg: z.string().optional(),
  logicalSessionTimeoutMinutes: z.number().nullish(),
});

/**
 * Connects and asks the server what it can do. The database is the one in the URL's path, else `understudy`.
 * Writes wait for a majority of the servers, are retried once by the driver where the server can tell a
 * repetition, and reads see only what a majority has.
 *
 * @throws TransientError `mongo.unreachable` when no server answers in time.
 * @throws PermanentError `mongo.refused` for wrong credentials, `mongo.url` for what is no connection string.
 */
export async function openMongo(url: string, options: MongoOptions = {}): Promise<Mongo> {
  const client = clientOf(url, options);
  try {
    const db = client.db(
      decodeURIComponent(databaseInUrl.exec(url)?.groups?.['name'] ?? '') || defaultDatabase,
    );
    const can = await attempt('be opened', async () => {
      await client.connect();
      return await abilities(db);
    });
    return { db, can, close: () => client.close() };
  } catch (error) {
    await client.close();
    throw error;
  }
}

function clientOf(url: string, options: MongoOptions): MongoClient {
  const { serverSelectionTimeoutMs = 2_000, replyTimeoutMs = 60_000 } = options;
  const settings: MongoClientOptions = {
    appName: 'understudy',
    serverSelectionTimeoutMS: serverSelectionTimeoutMs,
    connectTimeoutMS: serverSelectionTimeoutMs,
    socketTimeoutMS: replyTimeoutMs,
    waitQueueTimeoutMS: 60_000,
    maxPoolSize: 20,
    retryReads: true,
    retryWrites: true,
    writeConcern: { w: 'majority' },
    readConcern: { level: 'majority' },
  };
  try {
    return new MongoClient(url, settings);
  } catch (error) {
    // The message alone: the URL may hold a password.
    const said = error instanceof Error ? error.message : String(error);
    throw new PermanentError(`MONGODB_URL cannot be used: ${said}`, {
      code: 'mongo.url',
      hint: 'Write it as mongodb://user:password@host:27017/database or mongodb+srv://…',
    });
  }
}

/** CommandNotFound, CommandNotSupported, NotImplemented, and what Amazon DocumentDB says. */
const withoutValidators = new Set([59, 115, 238, 303]);

async function abilities(db: Db): Promise<MongoAbilities> {
  const hello = helloSchema.parse(await db.command({ hello: 1 }));
  const clustered = hello.setName !== undefined || hello.msg === 'isdbgrid';
  const sessions = typeof hello.logicalSessionTimeoutMinutes === 'number';
  return {
    transactions: clustered && sessions,
    changeStreams: clustered,
    validators: await takesValidators(db),
  };
}

/** Asked about a collection that is not there, a server that knows validators says so and does nothing. */
async function takesValidators(db: Db): Promise<boolean> {
  const namespaceNotFound = 26;
  try {
    await db.command({ collMod: 'understudy_no_such_collection', validator: {} });
    return true;
  } catch (error) {
    const code = error instanceof MongoServerError ? error.code : undefined;
    if (code === namespaceNotFound) return true;
    if (code !== undefined && withoutValidators.has(Number(code))) return false;
    throw error;
  }
}
