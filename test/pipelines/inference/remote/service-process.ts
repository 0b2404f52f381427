/** An inference process whose answers begin and never end; prints its address. */
import { finish, pipeline, text } from '../pipeline.ts';
import { startService } from '../service/service.ts';

const never = new Promise(() => setInterval(() => undefined, 60_000));
const { url } = await startService(pipeline([text('It ', 1), never, finish]).answering);
process.stdout.write(`${url}\n`);
