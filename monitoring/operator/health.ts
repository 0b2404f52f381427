import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import { part } from './part.ts';
import type { OperatorPorts } from './ports.ts';

/** Open to everybody, as probes and Prometheus carry no token: they tell names and numbers, and nothing of any writing. */
export const openPaths: ReadonlySet<string> = new Set([
  '/health/live',
  '/health/ready',
  '/metrics',
]);

export type Check = {
  readonly name: 'warehouse' | 'features' | 'queues';
  readonly ok: boolean;
  /** Stable name of what is wrong. */
  readonly code?: string;
};

/** Asks each for something small, all at once; never fails. */
export async function checksOf(ports: OperatorPorts): Promise<readonly Check[]> {
  const asked = {
    warehouse: () => ports.warehouse().version(),
    features: () => ports.features().current(),
    queues: () => ports.queues().paused('features'),
  } as const;
  const check = async (name: Check['name']): Promise<Check> => {
    const found = await part<unknown>(asked[name]);
    return 'problem' in found ? { name, ok: false, code: found.problem.code } : { name, ok: true };
  };
  return await Promise.all([check('warehouse'), check('features'), check('queues')]);
}

/** `/health/live` while the process lives, `/health/ready` with 503 and what is away, `/metrics` for Prometheus. */
export function serveHealth(
  app: FastifyInstance,
  ports: OperatorPorts,
  { registry, draining }: { readonly registry: Registry; readonly draining: () => boolean },
): void {
  app.get('/health/live', async () => ({ status: 'ok' }));
  app.get('/health/ready', async (_request, reply) => {
    const checks = await checksOf(ports);
    const isReady = checks.every(({ ok }) => ok);
    const status = draining() ? 'draining' : isReady ? 'ready' : 'not-ready';
    return reply.code(status === 'ready' ? 200 : 503).send({ status, checks });
  });
  app.get('/metrics', async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  );
}
