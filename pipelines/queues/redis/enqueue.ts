import { z } from 'zod';
import { type Enqueued, type Flow, type Job, jobStates, type Schedule } from '../port.ts';
import { type Carrier, captureContext } from '../trace-context.ts';
import { optionsFor, readKept } from './kept-job.ts';
import type { Scripted } from './scripts.ts';

const answerOf = z.union([
  z.tuple([z.string(), z.literal(1)]),
  z.tuple([z.string(), z.literal(0), z.array(z.string()), z.enum(jobStates)]),
]);

/** See `createIds`. */
type NewId = (queue: string) => string;

/** A job as lua/enqueue.lua takes it. */
type Node = {
  readonly id: string;
  readonly queue: string;
  readonly key: string;
  readonly data: string;
  readonly opts: string;
  readonly group: string;
  readonly delayMs: number;
  readonly after: readonly Node[];
};

function nodeOf(flow: Flow, carrier: Carrier, newId: NewId): Node {
  const { queue, key, payload, options = {}, after = [] } = flow;
  const { delayMs = 0, maxAttempts = 5, group = '' } = options;
  return {
    id: newId(queue),
    queue,
    key,
    data: JSON.stringify(payload),
    opts: optionsFor(Math.max(1, Math.floor(maxAttempts)), group, carrier),
    group,
    delayMs: Math.max(0, Math.round(delayMs)),
    after: after.map((part) => nodeOf(part, carrier, newId)),
  };
}

export function scheduleNode({ queue, key, payload, everyMs }: Schedule): string {
  // Each of its jobs gets an id of its own, where it is enqueued.
  const node = nodeOf({ queue, key, payload }, {}, () => '');
  return JSON.stringify({ ...node, everyMs: Math.max(1, Math.round(everyMs)) });
}

export async function enqueue(
  client: Scripted,
  base: string,
  newId: NewId,
  flow: Flow,
): Promise<Enqueued> {
  const carrier = captureContext();
  const node = nodeOf(flow, carrier, newId);
  const now = Date.now();
  const meta = `${base}${flow.queue}:meta`;
  const [id, created, fields, state] = answerOf.parse(
    await client.queueEnqueue(meta, base, now, ...words(node)),
  );
  if (created === 1) return { job: fresh(flow, node, now), created: true };
  const open = readKept(id, fields, state ?? 'waiting', 0);
  if (!open) throw new Error(`${id} was found and is not there`);
  return { job: open.job, created: false };
}

/** As lua/nodes.lua reads them. */
function words({ queue, id, key, group, delayMs, data, opts, after }: Node): (string | number)[] {
  return [queue, id, key, group, delayMs, data, opts, after.length, ...after.flatMap(words)];
}

/** The job as it was just written, which need not be read again to be known. */
function fresh(flow: Flow, node: Node, now: number): Job {
  const createdAt = new Date(now).toISOString();
  return {
    id: node.id,
    queue: flow.queue,
    key: flow.key,
    group: node.group || null,
    payload: flow.payload,
    state: 'waiting',
    attempts: 0,
    maxAttempts: Math.max(1, Math.floor(flow.options?.maxAttempts ?? 5)),
    reason: null,
    progress: null,
    waitsFor: node.after.length,
    createdAt,
    runAt: node.delayMs === 0 ? createdAt : new Date(now + node.delayMs).toISOString(),
    startedAt: null,
    finishedAt: null,
  };
}
