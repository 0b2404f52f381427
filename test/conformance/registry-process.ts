/**
 * Registers releases and moves each to production, as a process of its own:
 * `node registry-process.ts <home or MongoDB's URL> <models…>`. Says `done <release>` after each.
 */
import { TransientError } from '../../pipelines/stores/errors.ts';
import { openMongo } from '../../pipelines/stores/mongo/connection.ts';
import { openMongoRegistry } from '../../pipelines/stores/registry/mongo.ts';
import type { Registry } from '../../pipelines/stores/registry/port.ts';
import { openSqliteRegistry } from '../../pipelines/stores/registry/sqlite.ts';
import { openDatabase } from '../../pipelines/stores/sqlite/database.ts';
import { spec } from './releases.ts';

const [where = '', ...models] = process.argv.slice(2);

async function open(): Promise<{ readonly registry: Registry; close(): unknown }> {
  if (!where.startsWith('mongodb')) {
    const database = openDatabase(where);
    return { registry: openSqliteRegistry(database), close: database.close };
  }
  const mongo = await openMongo(where);
  return { registry: await openMongoRegistry(mongo), close: mongo.close };
}

async function promote(registry: Registry, twin: string, release: string): Promise<void> {
  for (;;) {
    const expected = (await registry.ledger(twin)).at(-1)?.sequence ?? 0;
    try {
      const by = { person: `process ${process.pid}`, reason: 'its turn' };
      await registry.move({ twin, release, to: 'production', by, expected });
      return;
    } catch (error) {
      if (!(error instanceof TransientError && error.code === 'registry.conflict')) throw error;
    }
  }
}

const { registry, close } = await open();
for (const model of models) {
  const release = await registry.register(spec(model));
  await promote(registry, release.twin, release.id);
  process.stdout.write(`done ${release.id}\n`);
}
await close();
