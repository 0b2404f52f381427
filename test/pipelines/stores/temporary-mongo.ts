import { randomUUID } from 'node:crypto';
import { type Mongo, openMongo } from '../../../pipelines/stores/mongo/connection.ts';
import type { Gate } from '../../servers/ferretdb/one-at-a-time.ts';
import { mongoForTests } from '../../servers/ferretdb/server.ts';

/** A database of its own with connections to it; `close` removes it. */
export type TemporaryMongo = {
  readonly url: string;
  /** Another connection, as another process would have. */
  open(): Promise<Mongo>;
  close(): Promise<void>;
};

/** A MongoDB for the tests of one file. */
export async function mongoHouse(): Promise<{
  database(): TemporaryMongo;
  /** What stands before the server; nothing does before the one that `MONGODB_URL` names. */
  readonly gate: Gate | undefined;
  stop(): Promise<void>;
}> {
  const { url, gate, stop } = await mongoForTests();
  return {
    gate,
    database: () => temporaryMongo(withDatabase(url, `understudy-test-${randomUUID()}`)),
    stop,
  };
}

function temporaryMongo(url: string): TemporaryMongo {
  const opened: Mongo[] = [];
  const open = async () => {
    const mongo = await openMongo(url);
    opened.push(mongo);
    return mongo;
  };
  return {
    url,
    open,
    async close() {
      const [first = await open()] = opened;
      await first.db.dropDatabase();
      for (const mongo of opened) await mongo.close();
    },
  };
}

/** `mongodb://hosts/any?options` with another database; the user of the first one still signs in. */
function withDatabase(url: string, name: string): string {
  const [, hosts = url, former = '', options = ''] =
    /^(mongodb(?:\+srv)?:\/\/[^/?]+)\/?([^?]*)\??(.*)$/u.exec(url) ?? [];
  const needsSource = former !== '' && hosts.includes('@') && !options.includes('authSource=');
  const all = [options, needsSource ? `authSource=${former}` : ''].filter((each) => each !== '');
  return `${hosts}/${name}${all.length > 0 ? `?${all.join('&')}` : ''}`;
}
