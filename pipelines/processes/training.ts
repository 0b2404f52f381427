import { once } from 'node:events';
import type { JobHandler, QueueName } from '../queues/port.ts';
import { keepWorking } from './keep.ts';
import type { OpenProcess } from './place.ts';

/** Its queues, and what works each; null while this version has nothing that does. */
const handlers: Readonly<Partial<Record<QueueName, JobHandler | null>>> = {
  datasets: null,
  train: null,
};

/** Works the queues of training. What nothing here can do stays in line for a version that can: it is never lost. */
export const openTraining: OpenProcess = async (place) => {
  const { queues, log, metrics, signal } = place;
  const named = Object.entries(handlers) as [QueueName, JobHandler | null][];
  const idle = named.filter(([, handler]) => handler === null).map(([queue]) => queue);
  if (idle.length > 0) {
    log.warn({ queues: idle }, 'this version has nothing that does these jobs: they stay in line');
  }
  const work = Promise.all([
    ...named.map(([queue, handler]) =>
      handler
        ? keepWorking(() => queues.work(queue, handler, { signal, observe: metrics.seen }), place)
        : undefined,
    ),
    signal.aborted ? undefined : once(signal, 'abort'),
  ]);
  return { work, close: async () => {} };
};
