import fastify from 'fastify';
import type { Registry } from 'prom-client';
import type { Readiness } from './readiness.ts';

export type Health = {
  readonly url: string;
  close(): Promise<void>;
};

export type HealthPorts = {
  readonly ready: () => Promise<Readiness>;
  readonly registry: Registry;
};

/**
 * Says over HTTP how the process is: `GET /health/live` while it lives, `/health/ready` with 503 when it cannot work or
 * is about to end, `/metrics` for Prometheus. It tells no secrets and takes no orders.
 */
export async function serveHealth(
  { host, port }: { readonly host: string; readonly port: number },
  { ready, registry }: HealthPorts,
): Promise<Health> {
  const app = fastify({ logger: false, requestTimeout: 10_000, forceCloseConnections: true });
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  });
  app.get('/health/live', async () => ({ status: 'ok' }));
  app.get('/health/ready', async (_request, reply) => {
    const readiness = await ready();
    return reply.code(readiness.status === 'ready' ? 200 : 503).send(readiness);
  });
  app.get('/metrics', async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  );
  const url = await app.listen({ host, port });
  return { url, close: () => app.close() };
}
