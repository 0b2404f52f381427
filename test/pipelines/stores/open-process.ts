/** Opens a home as a process of its own and writes two documents: `node open-process.ts <home>`. */
import { openEmbedded } from '../../../pipelines/stores/open.ts';
import { draft } from '../../conformance/fixtures.ts';

const [home = ''] = process.argv.slice(2);
const stores = openEmbedded(home);
const own = `${process.pid}`;
const author = { id: 'contested', name: 'Several' };
await stores.warehouse.upsert(draft('contested', { content: own, author }));
await stores.warehouse.upsert(draft(own));
await stores.close();
