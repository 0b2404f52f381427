import { type QueueName, type Queues, queueNames } from '../../../pipelines/queues/port.ts';
import { type ExitCode, exitCodes, UsageError } from '../exit.ts';
import { counted, type Output } from '../output.ts';
import { findJob } from './jobs-find.ts';

/** Which job to retry; null for all that are dead. */
export function whichToRetry({
  id,
  all,
  queue,
}: {
  readonly id: string | undefined;
  readonly all: boolean;
  readonly queue: QueueName | undefined;
}): string | null {
  const wrong = (message: string) =>
    new UsageError(
      message,
      'understudy jobs retry <id>, or understudy jobs retry --all [--queue <name>]',
    );
  if (all && id !== undefined) throw wrong('One job or all of them, not both.');
  if (all) return null;
  if (id === undefined) throw wrong('Which job?');
  if (queue !== undefined) throw wrong('--queue goes with --all: an id needs no queue.');
  return id;
}

/** Puts one job back in line; the answer is no where it did not end badly, or another does its work. */
export async function runJobsRetry(queues: Queues, id: string, output: Output): Promise<ExitCode> {
  const job = await findJob(queues, id);
  const retried = await queues.retry(job.id);
  output.data({ retried, job: (await queues.job(job.id)) ?? job });
  if (retried) {
    output.line(`${job.queue} ${job.key} is back in line, with all its tries.`);
    return exitCodes.done;
  }
  output.note(
    job.state === 'dead' || job.state === 'cancelled'
      ? `Another job of the queue ${job.queue} has the key ${job.key} and does its work.`
      : `The job is ${job.state}: only what is dead or cancelled can be retried.`,
  );
  return exitCodes.no;
}

/** Puts all dead jobs back in line. */
export async function runJobsRetryAll(
  queues: Queues,
  queue: QueueName | undefined,
  output: Output,
): Promise<ExitCode> {
  const names = queue === undefined ? queueNames : [queue];
  const retried: Partial<Record<QueueName, number>> = {};
  for (const name of names) retried[name] = await queues.retryAll(name);
  const sum = Object.values(retried).reduce((all, each) => all + each, 0);
  output.data({ retried });
  output.line(
    sum === 0 ? 'No dead job was waiting for that.' : `${counted(sum, 'job')} back in line.`,
  );
  return exitCodes.done;
}

/** Ends a job, also one that runs in another process; the answer is no where it has ended already. */
export async function runJobsCancel(queues: Queues, id: string, output: Output): Promise<ExitCode> {
  const job = await findJob(queues, id);
  const cancelled = await queues.cancel(job.id);
  const after = (await queues.job(job.id)) ?? job;
  output.data({ cancelled, job: after });
  if (!cancelled) {
    output.note(`The job is ${after.state} already.`);
    return exitCodes.no;
  }
  output.line(
    after.state === 'running'
      ? `${job.queue} ${job.key} was told to stop; it ends as cancelled as soon as it does.`
      : `${job.queue} ${job.key} is cancelled.`,
  );
  return exitCodes.done;
}

/** What runs goes on; nothing new starts, in any process. */
export async function runJobsPause(
  queues: Queues,
  { queue, action }: { readonly queue: QueueName; readonly action: 'pause' | 'resume' },
  output: Output,
): Promise<ExitCode> {
  await queues[action](queue);
  const { waiting } = await queues.counts(queue);
  output.data({ queue, paused: await queues.paused(queue), waiting });
  const inLine = `${counted(waiting, 'job')} in line`;
  output.line(
    action === 'pause'
      ? `The queue ${queue} starts nothing new until understudy jobs resume ${queue}; ${inLine}.`
      : `The queue ${queue} starts its jobs again; ${inLine}.`,
  );
  return exitCodes.done;
}
