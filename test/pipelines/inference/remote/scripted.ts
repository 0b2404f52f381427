import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { aboutPath, version } from '../../../../pipelines/inference/protocol/question.ts';

/** What becomes of one question, as a server that is not ours might have it. */
export type Act = (response: ServerResponse, request: IncomingMessage) => void | Promise<void>;

export type Asked = { readonly server: string; readonly id: string };

const bodySchema = z.object({ id: z.string() });

/** Servers that act on the questions they get in this order, whichever of them is asked. */
export async function startScripted(acts: readonly Act[], servers = 1) {
  const asked: Asked[] = [];
  const left = [...acts];
  const started = await Promise.all(
    Array.from({ length: servers }, async () => {
      const server = createServer(async (request, response) => {
        if (request.url === aboutPath) {
          response.end(JSON.stringify({ version, release: 'rel-scripted' }));
          return;
        }
        if (request.method === 'GET') {
          response.end('{}');
          return;
        }
        let body = '';
        for await (const part of request.setEncoding('utf8')) body += part;
        asked.push({ server: url, id: bodySchema.parse(JSON.parse(body)).id });
        await left.shift()?.(response, request);
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      return { server, url };
    }),
  );
  return {
    urls: started.map(({ url }) => url),
    asked,
    async close() {
      for (const { server } of started) {
        server.closeAllConnections();
        server.close();
        await once(server, 'close');
      }
    },
  };
}

export const begun = { type: 'begun', release: 'rel-scripted' };
export const status = { type: 'status', stage: 'understanding' };
export const said = (words: string) => ({ type: 'text', text: words, citations: [] });
export const done = {
  type: 'done',
  outcome: 'answered',
  trace: 't',
  cited: [],
  support: null,
  timings: {},
  fallbacks: [],
  generation: null,
};

const head = { 'content-type': 'application/x-ndjson' };

/** Sends these lines and leaves the answer open. */
export const lines =
  (...all: readonly unknown[]): Act =>
  (response) => {
    response.writeHead(200, head);
    for (const line of all) {
      response.write(typeof line === 'string' ? line : `${JSON.stringify(line)}\n`);
    }
  };

/** Sends these lines and ends. */
export const answer =
  (...all: readonly unknown[]): Act =>
  async (response, request) => {
    await lines(...all)(response, request);
    response.end();
  };

/** Sends these lines; the connection is cut once they are on their way. */
export const cut =
  (...all: readonly unknown[]): Act =>
  async (response, request) => {
    if (all.length > 0) await lines(...all)(response, request);
    setImmediate(() => response.socket?.destroy());
  };

export const reply =
  (code: number, body: string, headers: Record<string, string> = {}): Act =>
  (response) => {
    response.writeHead(code, { 'content-type': 'text/html', ...headers }).end(body);
  };

/** Says nothing at all, and leaves it at that. */
export const silence: Act = () => undefined;
