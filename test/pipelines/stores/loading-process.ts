/**
 * Opens the stores and queues that the environment names, closes them again, and says as JSON what became of it and which
 * drivers were loaded. It ends by itself, unless something was left open.
 */
import { registerHooks } from 'node:module';

const drivers = ['mongodb', 'bullmq', 'ioredis', '@qdrant/js-client-rest'];
const loaded = new Set<string>();
registerHooks({
  resolve(specifier, context, next) {
    if (drivers.includes(specifier)) loaded.add(specifier);
    return next(specifier, context);
  },
});

const { readEnvironment } = await import('../../../pipelines/environment.ts');
const { openStores } = await import('../../../pipelines/stores/open.ts');
const { openQueues, openHostLimits } = await import('../../../pipelines/queues/open.ts');
const environment = readEnvironment(process.env);
let code = 'opened';
let changes = 'none';
try {
  const stores = await openStores(environment);
  changes = stores.changes.by;
  try {
    const { redis } = environment;
    const queues = await openQueues({ redis, database: stores.database });
    const limits = await openHostLimits({ redis, database: stores.database });
    await queues.enqueue('score', 'one', {});
    await limits.close();
    await queues.close();
  } finally {
    await stores.close();
  }
} catch (error) {
  code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
process.stdout.write(JSON.stringify({ code, changes, loaded: [...loaded].sort() }));
