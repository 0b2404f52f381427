/** The inference process over the stores in the folder named, quoting; prints its address. */
import { openLog } from '../../../monitoring/log.ts';
import { startInference } from '../../../pipelines/inference/service/start.ts';
import { openEmbedded } from '../../../pipelines/stores/open.ts';

const stores = openEmbedded(process.argv[2] ?? '');
const quoting = { llm: null, embed: null, embedder: undefined, rerank: null };
const { url } = await startInference(
  { ...quoting, inferenceService: { port: 0, host: '127.0.0.1' } },
  stores,
  { twin: 'default', code: null, log: openLog({ level: 'warn' }), graceMs: 1_000 },
);
process.stdout.write(`${url}\n`);
