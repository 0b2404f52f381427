import { setTimeout as wait } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { PlaygroundPorts } from '../ports.ts';
import { openStatusReader } from '../status.ts';
import type { Streams } from '../streams.ts';

/** How often the stores are looked at while somebody watches, in milliseconds. */
const everyMs = 1_500;

/** `GET /status`: what is indexed, now and again whenever it changes. */
export function serveStatus(app: FastifyInstance, ports: PlaygroundPorts, streams: Streams): void {
  const readStatus = openStatusReader(ports);
  app.get('/status', (_request, reply) =>
    streams.send('watch', reply, async function* (signal) {
      let last = '';
      while (!signal.aborted) {
        const status = await readStatus();
        const shown = JSON.stringify(status);
        if (shown !== last) yield status;
        last = shown;
        await wait(everyMs, undefined, { signal }).catch(() => undefined);
      }
    }),
  );
}
