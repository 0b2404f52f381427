import { Queue } from 'bullmq';
import { queueNames } from '../port.ts';
import { connectProducer } from './connection.ts';

/**
 * The queues as BullMQ knows them, for bull-board to show. For looking: what its buttons enqueue, retry or
 * promote takes no turn of its own.
 *
 * @throws TransientError `queues.unreachable`, PermanentError `queues.refused`
 */
export async function bullBoardQueues({
  url,
  prefix = 'understudy',
}: {
  readonly url: string;
  readonly prefix?: string;
}): Promise<{ readonly queues: readonly Queue[]; close(): Promise<void> }> {
  const { client: connection } = await connectProducer(url);
  const queues = queueNames.map((name) => {
    const queue = new Queue(name, { connection, prefix, skipMetasUpdate: true });
    queue.on('error', () => undefined);
    return queue;
  });
  return {
    queues,
    async close() {
      await Promise.allSettled(queues.map((queue) => queue.close()));
      connection.disconnect();
    },
  };
}
