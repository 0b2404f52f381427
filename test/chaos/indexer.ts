/**
 * One run of the real pipelines as a process that can be killed: `node indexer.ts <home> <folder>`. A line on standard output is an acknowledgement: what it names is safely stored.
 */
import { writeSync } from 'node:fs';
import { collect } from '../../pipelines/collection/collect.ts';
import { syncFeatures } from '../../pipelines/feature/sync.ts';
import { openEmbedded } from '../../pipelines/stores/open.ts';

const [home = '', folder = ''] = process.argv.slice(2);
// Written at once, not when the event loop comes round: an acknowledgement must not be lost with us.
const say = (line: string) => writeSync(1, `${line}\n`);

const stores = openEmbedded(home);
say('ready');
for await (const event of collect([folder], stores)) {
  if (event.type !== 'item') continue;
  if (event.outcome === 'failed') throw new Error(event.reason?.message);
  if (event.outcome === 'created' || event.outcome === 'changed') {
    say(`collected ${event.documentId}`);
  }
}
for await (const event of syncFeatures({ ...stores, embedder: null })) {
  if (event.type !== 'document') continue;
  if (event.outcome === 'failed') throw new Error(event.reason?.message);
  say(`indexed ${event.documentId}`);
}
await stores.close();
say('finished');
