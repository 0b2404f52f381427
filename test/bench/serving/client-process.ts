/**
 * A process with one client in it, so that its CPU and its heap are its own: `client-process.ts <name> <url> <home>`.
 * Does what it is told, one order after the other, and tells what it measured.
 */
import { once } from 'node:events';
import type { Client, OpenClient } from './client.ts';
import type { Order, Report } from './orders.ts';

const own: Readonly<Record<string, () => Promise<{ open: OpenClient }>>> = {
  raw: () => import('./clients/raw.ts'),
  'understudy-generate': () => import('./clients/generate.ts'),
  'understudy-grounded': () => import('./clients/grounded.ts'),
  understudy: () => import('./clients/ask.ts'),
  'understudy-reading': () => import('./clients/ask-reading.ts'),
};

const [name = '', url = '', home = ''] = process.argv.slice(2);
const { open } = (await (own[name]?.() ?? import(`../peers/serving/${name}.ts`))) as {
  open: OpenClient;
};
const client = await open({ url, home });

process.send?.('ready');
process.on('message', (order: Order) => {
  carriedOut(order).then(
    (report) => process.send?.({ report }),
    (failure: unknown) => process.send?.({ failure: String(failure) }),
  );
});
await once(process, 'disconnect');
process.exit();

async function carriedOut(order: Order): Promise<Report> {
  switch (order.do) {
    case 'in-turn':
      return inTurn(client, order.calls);
    case 'at-once':
      return atOnce(client, order);
    case 'heap':
      return heapGrowth(client, order);
  }
}

/** One after the other. The first few are for connections that were closed and caches that others filled. */
async function inTurn({ ask, retrieve }: Client, calls: number): Promise<Report> {
  for (let index = 0; index < 3; index += 1) await ask(index);
  const firstMs: number[] = [];
  const cpuMs = await cpuMsOf(calls, async (index) => firstMs.push(await ask(index)));
  const retrievalCpuMs = retrieve === undefined ? 0 : await cpuMsOf(calls, retrieve);
  return { firstMs, cpuMs, retrievalCpuMs };
}

/** CPU of this process for each call, in milliseconds. */
async function cpuMsOf(calls: number, call: (index: number) => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  for (let index = 0; index < calls; index += 1) await call(index);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / calls;
}

async function atOnce(
  { ask }: Client,
  { streams, lastsMs }: { streams: number; lastsMs: number },
): Promise<Report> {
  const beganAt = performance.now();
  let asked = 0;
  let ended = 0;
  const askers = Array.from({ length: streams }, async () => {
    while (performance.now() - beganAt < lastsMs) {
      asked += 1;
      await ask(asked);
      ended += 1;
    }
  });
  await Promise.all(askers);
  return { perSecond: ended / ((performance.now() - beganAt) / 1_000) };
}

/** What stays on the heap, once everything that can be was collected. */
async function heapGrowth(
  { ask }: Client,
  { streams, calls }: { streams: number; calls: number },
): Promise<Report> {
  const used = async () => {
    for (let round = 0; round < 3; round += 1) {
      // Whatever a turn of the event loop still lets go of.
      await new Promise((resolve) => setImmediate(resolve));
      globalThis.gc?.();
    }
    return process.memoryUsage().heapUsed / 2 ** 20;
  };
  if (globalThis.gc === undefined) throw new Error('The heap is measured with --expose-gc only.');
  const several = async (count: number) => {
    let asked = 0;
    const askers = Array.from({ length: streams }, async () => {
      while (asked < count) {
        asked += 1;
        await ask(asked);
      }
    });
    await Promise.all(askers);
  };
  await several(Math.ceil(calls / 10));
  const before = await used();
  await several(calls);
  return { growthMib: (await used()) - before };
}
