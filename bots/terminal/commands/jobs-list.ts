import { jobsByTrouble, type QueueLine, queueLines } from '../../../monitoring/jobs/look.ts';
import { span, standing, when } from '../../../monitoring/jobs/words.ts';
import {
  type Job,
  type JobState,
  jobStates,
  type QueueName,
  type Queues,
  queueNames,
} from '../../../pipelines/queues/port.ts';
import { type ExitCode, exitCodes } from '../exit.ts';
import { counted, type Output } from '../output.ts';

export type Listed = {
  readonly queue?: QueueName;
  /** Without it all that are open or dead. */
  readonly state?: JobState;
  readonly limit: number;
};

/** How many jobs each queue has, then the jobs, the newest problems first. */
export async function runJobsList(
  queues: Queues,
  { queue, state, limit }: Listed,
  output: Output,
  now: Date,
): Promise<ExitCode> {
  const states = state === undefined ? (['dead', 'running', 'waiting'] as const) : [state];
  const [lines, jobs] = await Promise.all([
    queueLines(queues, queue === undefined ? queueNames : [queue]),
    jobsByTrouble(queues, { queue, states }),
  ]);
  const shown = jobs.slice(0, limit);
  const more = jobs.length - shown.length;
  output.data({ queues: lines, jobs: shown, more });
  printLines(lines, output);
  const short = shortened(jobs.map(({ id }) => id));
  for (const job of shown) {
    output.line(marked(job, `${short(job.id)}  ${job.queue}  ${job.key}`, output));
    const reason = job.reason !== null && job.state !== 'done' ? ` · ${job.reason}` : '';
    output.line(output.style.dim(`    ${standing(job, now)}${reason}`));
  }
  if (more > 0) output.line(`… and ${more.toLocaleString('en-GB')} more: --limit shows them`);
  return exitCodes.done;
}

/** The jobs that recur. */
export async function runJobsSchedules(
  queues: Queues,
  output: Output,
  now: Date,
): Promise<ExitCode> {
  const schedules = await queues.schedules();
  output.data({ schedules });
  if (schedules.length === 0) {
    output.line('No job recurs: the processes that work the queues schedule them.');
  }
  for (const { queue, key, everyMs, nextAt } of schedules) {
    output.line(output.style.bold(`${queue}  ${key}`));
    output.line(output.style.dim(`    every ${span(everyMs)}, next ${when(nextAt, now)}`));
  }
  return exitCodes.done;
}

function printLines(lines: readonly QueueLine[], output: Output): void {
  const { bold, dim, bad, accent } = output.style;
  output.line(
    bold(`${'Queue'.padEnd(10)}${jobStates.map((state) => state.padStart(10)).join('')}`),
  );
  for (const { name, counts, paused, oldestDueMs } of lines) {
    const numbers = jobStates.map((state) => {
      const text = counts[state].toLocaleString('en-GB').padStart(10);
      return state === 'dead' && counts[state] > 0 ? bad(text) : text;
    });
    const notes = [
      ...(paused ? [accent('paused')] : []),
      ...(oldestDueMs === null ? [] : [dim(`oldest due for ${span(oldestDueMs)}`)]),
    ];
    output.line(`${name.padEnd(10)}${numbers.join('')}  ${notes.join(', ')}`.trimEnd());
  }
  const dead = lines.reduce((sum, { counts }) => sum + counts.dead, 0);
  if (dead > 0) {
    output.line(dim(`${counted(dead, 'dead job')}: understudy jobs retry <id>, or --all`));
  }
  output.line();
}

/** The mark and colour that a job's state has. */
function marked({ state, reason }: Job, text: string, { style }: Output): string {
  if (state === 'dead') return `${style.bad('✗')} ${style.bold(text)}`;
  if (state === 'done') return `${style.good('✓')} ${text}`;
  if (state === 'running') return `${style.accent('▸')} ${style.bold(text)}`;
  return `${state === 'waiting' && reason !== null ? style.bad('↻') : '·'} ${text}`;
}

/** At least this many characters of an id are shown, beyond the name of its queue where it begins with that. */
const leastOfId = 8;

/** As much of each id as tells these apart. */
function shortened(ids: readonly string[]): (id: string) => string {
  const cut = (id: string, length: number) => id.slice(0, id.indexOf('.') + 1 + length);
  const longest = Math.max(leastOfId, ...ids.map((id) => id.length));
  const apart = (length: number) => new Set(ids.map((id) => cut(id, length))).size === ids.length;
  let length = leastOfId;
  while (length < longest && !apart(length)) length++;
  return (id) => cut(id, length);
}
