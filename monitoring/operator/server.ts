import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastify from 'fastify';
import type { Registry } from 'prom-client';
import { ZodError } from 'zod';
import type { OperatorConfig } from '../environment.ts';
import type { Board } from './board.ts';
import { guard } from './guard.ts';
import { serveHealth } from './health.ts';
import { addOperatorMetrics } from './metrics.ts';
import { problemPage } from './page/frame.ts';
import { problemOf } from './part.ts';
import type { OperatorPorts } from './ports.ts';
import { servePage } from './routes.ts';

export type Operator = {
  /** Where it is, with the port that was taken. */
  readonly url: string;
  /** Is not ready from now on, takes nothing new, and lets what was asked be answered. */
  close(): Promise<void>;
};

export type OperatorSettings = OperatorConfig & {
  /** Where the metrics of the queues stand already. */
  readonly registry: Registry;
  /** BullMQ's own queues, where Redis holds them. */
  readonly board: Board | null;
  readonly failed: (error: unknown) => void;
};

/** Serves the operator's page, health and metrics. @throws what listening throws, such as a port that is taken */
export async function startOperator(
  ports: OperatorPorts,
  { host, port, token, registry, board, failed }: OperatorSettings,
): Promise<Operator> {
  const app = fastify({
    bodyLimit: 4 * 1024,
    forceCloseConnections: 'idle',
    requestTimeout: 10_000,
    logger: false,
  });
  let draining = false;
  guard(app, { token, port: () => Number(new URL(url).port) || 80 });
  // A form's fields: there are none, what to do stands in the address.
  app.removeContentTypeParser('text/plain');
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    async () => null,
  );
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).type('text/plain; charset=utf-8').send('There is nothing here.\n'),
  );
  app.setErrorHandler((error, _request, reply) => {
    const status = error instanceof ZodError ? 404 : statusOf(error);
    if (status >= 500) failed(error);
    const page = problemPage(problemOf(error), new Date());
    return reply.code(status).type('text/html; charset=utf-8').send(page);
  });

  addOperatorMetrics(registry, ports);
  serveHealth(app, ports, { registry, draining: () => draining });
  const style = await readFile(join(import.meta.dirname, 'page/operator.css'));
  app.get('/operator.css', (_request, reply) => reply.type('text/css; charset=utf-8').send(style));
  servePage(app, ports, { board: board && '/queues' });
  if (board) {
    // Loaded only where there is something to show by it.
    const { serveBoard } = await import('./board.ts');
    await serveBoard(app, board);
  } else app.get('/queues', (_request, reply) => reply.redirect('/', 302));

  // Needed before `listen` resolves only in name: no request arrives earlier.
  let url = `http://${host}:${port}`;
  url = await app.listen({ host, port });
  return {
    url,
    async close() {
      draining = true;
      await app.close();
    },
  };
}

function statusOf(error: unknown): number {
  const { statusCode } = error as { readonly statusCode?: unknown };
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 ? statusCode : 503;
}
