/** Begins to put an artefact of which the end never comes: `node put-process.ts <MongoDB's URL>`; says `half`. */
import { openGridfsArtefacts } from '../../../pipelines/stores/artefacts/gridfs.ts';
import { openMongo } from '../../../pipelines/stores/mongo/connection.ts';

const [url = ''] = process.argv.slice(2);
const store = await openGridfsArtefacts(await openMongo(url));
const endless = (async function* () {
  yield Buffer.alloc(3_000_000, 'x');
  process.stdout.write('half\n');
  await new Promise(() => {});
})();
await store.put(endless, { name: 'never', mediaType: 'text/plain' });
