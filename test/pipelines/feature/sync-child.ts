/** Another process that syncs the home it is given; prints the summary. */
import { syncFeatures } from '../../../pipelines/feature/sync.ts';
import { openEmbedded } from '../../../pipelines/stores/open.ts';

const stores = openEmbedded(process.argv[2] ?? '');
for await (const event of syncFeatures({ ...stores, embedder: null })) {
  if (event.type === 'summary') console.log(JSON.stringify(event));
}
await stores.close();
