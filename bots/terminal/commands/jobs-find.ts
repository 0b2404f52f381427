import type { Job, Queues } from '../../../pipelines/queues/port.ts';
import { UsageError } from '../exit.ts';

/** At most so many candidates are named. */
const mostNamed = 5;

/**
 * The job of this id, or the only one whose id begins so.
 *
 * @throws UsageError when there is none, or more than one
 */
export async function findJob(queues: Pick<Queues, 'job' | 'jobs'>, id: string): Promise<Job> {
  const exact = await queues.job(id);
  if (exact) return exact;
  const matching = (await queues.jobs()).filter((job) => id !== '' && job.id.startsWith(id));
  const [only, another] = matching;
  if (only === undefined) {
    throw new UsageError(`There is no job ${id}.`, 'understudy jobs list shows which there are.');
  }
  if (another === undefined) return only;
  const named = matching.slice(0, mostNamed).map((job) => `  ${job.id}  ${job.queue}  ${job.key}`);
  const more = matching.length > mostNamed ? [`  and ${matching.length - mostNamed} more`] : [];
  throw new UsageError(
    `${matching.length} jobs begin with ${id}:\n${[...named, ...more].join('\n')}`,
    'Give more of the id.',
  );
}
