import { moment, standing, when } from '../../../monitoring/jobs/words.ts';
import type { Queues } from '../../../pipelines/queues/port.ts';
import { type ExitCode, exitCodes } from '../exit.ts';
import type { Output } from '../output.ts';
import { findJob } from './jobs-find.ts';

/** All about one job: what it carries, how it went, and why it failed. */
export async function runJobsShow(
  queues: Queues,
  id: string,
  output: Output,
  now: Date,
): Promise<ExitCode> {
  const job = await findJob(queues, id);
  output.data(job);
  const { bold } = output.style;
  const row = (name: string, value: string | null) => {
    if (value !== null) output.line(`${name.padEnd(12)}${value}`);
  };
  const at = (iso: string | null) => iso && `${moment(iso)} (${when(iso, now)})`;
  row('Job', bold(job.id));
  row('Queue', job.queue);
  row('Key', job.key);
  row('Group', job.group);
  row('State', bold(standing(job, now)));
  row('Reason', job.reason);
  row('Tries', `${job.attempts} of ${job.maxAttempts}`);
  row('Enqueued', at(job.createdAt));
  row('Due', at(job.runAt));
  row('Started', at(job.startedAt));
  row('Ended', at(job.finishedAt));
  row('Payload', JSON.stringify(job.payload));
  return exitCodes.done;
}
