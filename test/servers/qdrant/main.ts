/**
 * The loopback Qdrant as a process of its own, for benches and the curious; its URL is the line it prints:
 *
 *   node test/servers/qdrant/main.ts --port 6333
 */
import { parseArgs } from 'node:util';
import { startQdrant } from './server.ts';

const { values } = parseArgs({
  options: { port: { type: 'string', default: '0' }, 'api-key': { type: 'string' } },
});
const apiKey = values['api-key'];
const server = await startQdrant({
  port: Number(values.port),
  remembers: 10,
  ...(apiKey !== undefined && { apiKey }),
});
process.stdout.write(`${server.url}\n`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void server.close());
}
