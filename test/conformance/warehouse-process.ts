/**
 * A process of its own at work on a warehouse: `node warehouse-process.ts <address> <job> <from> <to> <words>`. The
 * address is a MongoDB connection string, or the folder of a SQLite warehouse. It says what came of each step, one line of
 * JSON each, only after the warehouse has acknowledged it.
 */
import { openMongo } from '../../pipelines/stores/mongo/connection.ts';
import { openDatabase } from '../../pipelines/stores/sqlite/database.ts';
import { openMongoWarehouse } from '../../pipelines/stores/warehouse/mongo/adapter.ts';
import type { Warehouse } from '../../pipelines/stores/warehouse/port.ts';
import { openSqliteWarehouse } from '../../pipelines/stores/warehouse/sqlite.ts';
import { draft } from './fixtures.ts';

const [address = '', job = '', from = '0', to = '0', words = ''] = process.argv.slice(2);
const numbers = Array.from({ length: Number(to) - Number(from) }, (_, n) => Number(from) + n);

async function open(): Promise<{ warehouse: Warehouse; close(): Promise<void> }> {
  if (address.startsWith('mongodb')) {
    const mongo = await openMongo(address);
    return { warehouse: await openMongoWarehouse(mongo), close: mongo.close };
  }
  const database = openDatabase(address);
  return { warehouse: openSqliteWarehouse(database), close: async () => database.close() };
}

const { warehouse, close } = await open();
const say = (what: object) => process.stdout.write(`${JSON.stringify(what)}\n`);

if (job === 'upsert') {
  for (const n of numbers) {
    const { id, ...rest } = draft(`${n}`, { content: words });
    say({ id, ...(await warehouse.upsert({ id, ...rest })) });
  }
} else if (job === 'contend') {
  for (const n of numbers) {
    say(await warehouse.upsert(draft('contested', { content: `${words} ${n}` })));
  }
} else if (job === 'forget') {
  say({ forgetting: numbers.length });
  say({ forgotten: await warehouse.forget(numbers.map((n) => draft(`${n}`).id)) });
} else {
  throw new Error(`${job} is no job.`);
}
await close();
