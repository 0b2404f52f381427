import fastify from 'fastify';
import { guard } from './guard.ts';
import type { PlaygroundPorts } from './ports.ts';
import { serveAnswers } from './routes/ask.ts';
import { serveDocuments } from './routes/documents.ts';
import { serveFeedback } from './routes/feedback.ts';
import { servePage } from './routes/page.ts';
import { serveStatus } from './routes/status.ts';
import { openStreams } from './streams.ts';

export type { PlaygroundPorts } from './ports.ts';

export type Playground = {
  /** Where it is, with the port that was taken. */
  readonly url: string;
  /** Stops listening, lets running answers finish for a moment, and ends what is still open. */
  close(): Promise<void>;
};

/** How long a running answer may go on once the playground is closing, in milliseconds. */
const graceMs = 3_000;

/** Serves the playground on the loopback address; a port of 0 takes a free one. */
export async function startPlayground(
  ports: PlaygroundPorts,
  { port, host }: { readonly port: number; readonly host: '127.0.0.1' | '::1' },
): Promise<Playground> {
  const app = fastify({ bodyLimit: 32 * 1024, forceCloseConnections: true, logger: false });
  const streams = openStreams();
  guard(app, () => Number(new URL(url).port));
  // Only JSON: a form or a plain-text post is what a foreign page could send without asking first.
  app.removeContentTypeParser('text/plain');
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({ code: 'web.unknown', message: 'There is nothing here.' }),
  );
  app.setErrorHandler((failure: { statusCode?: number; message: string }, _request, reply) => {
    const status = failure.statusCode ?? 500;
    const message = status < 500 ? failure.message : 'Something went wrong in the playground.';
    return reply.code(status).send({ code: 'web.failed', message });
  });
  await servePage(app);
  serveAnswers(app, ports, streams);
  serveFeedback(app, ports);
  serveDocuments(app, ports);
  serveStatus(app, ports, streams);

  // Needed before `listen` resolves only in name: no request arrives earlier.
  let url = `http://${host}:${port}`;
  url = await app.listen({ port, host });
  return {
    url,
    async close() {
      await streams.finish(graceMs);
      await app.close();
    },
  };
}
