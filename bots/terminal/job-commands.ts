import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import {
  type JobState,
  jobStates,
  type QueueName,
  queueNames,
} from '../../pipelines/queues/port.ts';
import { inStorehouse } from './rooms.ts';
import type { Setting } from './setting.ts';

type Json = { readonly json: boolean };
type Listing = Json & {
  readonly queue?: QueueName;
  readonly state?: JobState;
  readonly limit: number;
};
type Retrying = Json & { readonly all: boolean; readonly queue?: QueueName };

const anyId = 'the job’s id, or as much of its beginning as no other has';

/** `understudy jobs …`: what stands in line, what failed and why, and what to do about it. */
export function addJobCommands(program: Command, setting: Setting): void {
  const jobs = program.command('jobs').description('look at jobs, retry, cancel and pause them');
  jobs
    .command('list')
    .description('count the jobs of each queue and list them, the newest problems first')
    .addOption(ofQueue())
    .addOption(
      new Option('--state <state>', 'only these (default: all but done and cancelled)').choices(
        jobStates,
      ),
    )
    .option('--limit <n>', 'how many to list at most', most, 50)
    .option('--json', 'one JSON document', false)
    .action(({ json, ...wanted }: Listing) =>
      inStorehouse(setting, json, async ({ queues }, output) => {
        const { runJobsList } = await import('./commands/jobs-list.ts');
        return await runJobsList(queues, wanted, output, new Date());
      }),
    );
  jobs
    .command('show')
    .description('tell all about one job')
    .argument('<id>', anyId)
    .option('--json', 'one JSON document', false)
    .action((id: string, { json }: Json) =>
      inStorehouse(setting, json, async ({ queues }, output) => {
        const { runJobsShow } = await import('./commands/jobs-show.ts');
        return await runJobsShow(queues, id, output, new Date());
      }),
    );
  jobs
    .command('retry')
    .description('put a dead or cancelled job back in line, or all dead ones')
    .argument('[id]', anyId)
    .option('--all', 'all dead jobs', false)
    .addOption(ofQueue('with --all: only of this queue'))
    .option('--json', 'one JSON document', false)
    .action(async (id: string | undefined, { json, all, queue }: Retrying) => {
      const { runJobsRetry, runJobsRetryAll, whichToRetry } = await import(
        './commands/jobs-act.ts'
      );
      const one = whichToRetry({ id, all, queue });
      await inStorehouse(setting, json, async ({ queues }, output) =>
        one === null
          ? await runJobsRetryAll(queues, queue, output)
          : await runJobsRetry(queues, one, output),
      );
    });
  jobs
    .command('cancel')
    .description('take a job out of line, or stop the one that runs')
    .argument('<id>', anyId)
    .option('--json', 'one JSON document', false)
    .action((id: string, { json }: Json) =>
      inStorehouse(setting, json, async ({ queues }, output) => {
        const { runJobsCancel } = await import('./commands/jobs-act.ts');
        return await runJobsCancel(queues, id, output);
      }),
    );
  for (const action of ['pause', 'resume'] as const) {
    jobs
      .command(action)
      .description(action === 'pause' ? 'start no more jobs of a queue' : 'start its jobs again')
      .addArgument(new Argument('<queue>', 'its name').choices(queueNames))
      .option('--json', 'one JSON document', false)
      .action((queue: QueueName, { json }: Json) =>
        inStorehouse(setting, json, async ({ queues }, output) => {
          const { runJobsPause } = await import('./commands/jobs-act.ts');
          return await runJobsPause(queues, { queue, action }, output);
        }),
      );
  }
  jobs
    .command('schedules')
    .description('list the jobs that recur, and when each is next')
    .option('--json', 'one JSON document', false)
    .action(({ json }: Json) =>
      inStorehouse(setting, json, async ({ queues }, output) => {
        const { runJobsSchedules } = await import('./commands/jobs-list.ts');
        return await runJobsSchedules(queues, output, new Date());
      }),
    );
}

const ofQueue = (description = 'only of this queue'): Option =>
  new Option('--queue <name>', description).choices(queueNames);

function most(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 100_000) {
    throw new InvalidArgumentError('A number of jobs from 1 to 100000.');
  }
  return value;
}
