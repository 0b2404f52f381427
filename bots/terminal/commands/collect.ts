import { resolve } from 'node:path';
import { collect, watch } from '../../../pipelines/collection/collect.ts';
import {
  type CollectEvent,
  type Counts,
  type ItemEvent,
  outcomes,
} from '../../../pipelines/collection/events.ts';
import { type ExitCode, exitCodes, UsageError } from '../exit.ts';
import { counted, duration, type Output } from '../output.ts';
import { openProgress } from '../progress.ts';
import type { Storehouse } from '../storehouse.ts';

export type CollectOptions = {
  readonly allowPrivate: readonly string[];
  readonly author: string | undefined;
  readonly watch: boolean;
};

/** How many problems are named one by one; the rest is counted. */
const problemsShown = 10;

/** Collects the links, or everything collected before when there are none. */
export async function runCollect(
  house: Storehouse,
  links: readonly string[],
  options: CollectOptions,
  output: Output,
  signal: AbortSignal,
): Promise<ExitCode> {
  const asked = links.length > 0 ? links.map(absoluteLink) : await knownOrigins(house);
  const settings = {
    allowPrivate: options.allowPrivate,
    ...(options.author === undefined ? {} : { defaultAuthor: options.author }),
    signal,
  };
  const clean = await reportCollection(collect(asked, house, settings), output);
  if (options.watch) {
    output.note('Watching for changes. Ctrl-C stops.');
    for await (const event of watch(asked, house, settings)) reportChange(event, output);
  }
  return clean || signal.aborted ? exitCodes.done : exitCodes.no;
}

/** Links a person typed: a folder is meant from where they stand, also when npm changed folders. */
export function absoluteLink(link: string): string {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(link)) return link;
  return resolve(process.env['INIT_CWD'] ?? process.cwd(), link);
}

async function knownOrigins(house: Storehouse): Promise<readonly string[]> {
  const origins = await house.warehouse.origins();
  if (origins.length === 0) {
    throw new UsageError(
      'Nothing was ever collected here.',
      'Name a folder, a feed or a page: understudy collect ./my-posts https://example.org/feed.xml',
    );
  }
  return origins.map((origin) => origin.link);
}

/** Follows a collection to its end; true when no item failed or was refused. */
export async function reportCollection(
  events: AsyncIterable<CollectEvent>,
  output: Output,
): Promise<boolean> {
  const problems: string[] = [];
  let progress: ReturnType<typeof openProgress> | undefined;
  let clean = true;
  try {
    for await (const event of events) {
      output.data(event);
      switch (event.type) {
        case 'origin-started':
          progress?.stop();
          progress = openProgress(output, 'Collecting', 'items');
          if (event.total !== undefined) progress.total(event.total);
          break;
        case 'item':
          progress?.step();
          problems.push(...problemsOf(event));
          break;
        case 'origin-finished':
          progress?.stop();
          break;
        case 'finished':
          clean = event.counts.failed === 0 && event.counts.refused === 0;
          sayProblems(problems, output);
          output.line(summaryLine(event.counts, event.durationMs));
          break;
        default:
          event satisfies never;
      }
    }
  } finally {
    progress?.stop();
  }
  return clean;
}

/** What a person should know about an item: why it was not taken, or what should be mended. */
function problemsOf(item: ItemEvent): readonly string[] {
  const failed = item.outcome === 'failed' || item.outcome === 'refused';
  const reasons = [...(failed && item.reason ? [item.reason] : []), ...(item.warnings ?? [])];
  return reasons.map(({ message }) =>
    message.startsWith(item.link) ? message : `${item.link}: ${message}`,
  );
}

function summaryLine(counts: Counts, durationMs: number): string {
  const parts = outcomes
    .filter((outcome) => counts[outcome] > 0)
    .map((outcome) => `${counts[outcome].toLocaleString('en-GB')} ${outcome}`);
  return `Collected in ${duration(durationMs)}: ${parts.join(', ') || 'nothing there'}.`;
}

function sayProblems(problems: readonly string[], output: Output): void {
  for (const problem of problems.slice(0, problemsShown)) output.note(`  ! ${problem}`);
  const more = problems.length - problemsShown;
  if (more > 0) output.note(`  ! and ${counted(more, 'more problem')} (--json lists each)`);
}

function reportChange(event: CollectEvent, output: Output): void {
  output.data(event);
  if (event.type === 'item' && event.outcome !== 'unchanged') {
    output.line(
      `${event.outcome}  ${event.link}${event.reason ? `: ${event.reason.message}` : ''}`,
    );
  }
}
