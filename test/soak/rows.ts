import type { Row } from '../bench/result.ts';
import { type Audit, type Finding, findingKinds, type Question } from './audit.ts';
import type { Bots, Life } from './child.ts';
import type { Venue } from './venue.ts';

export type Looked = {
  readonly venue: Venue;
  readonly list: readonly Question[];
  /** What still waits, without what was lost with a kill. */
  readonly waiting: readonly string[];
  readonly result: Audit;
};

/** A process that grows by more than this share between its first and its last quarter is not flat. */
const mostGrowth = 1.25;

export function rowsOf({
  looked,
  bots,
  faults,
  askedForMs,
  kills,
}: {
  readonly looked: readonly Looked[];
  readonly bots: Bots;
  readonly faults: readonly string[];
  readonly askedForMs: number;
  readonly kills: number;
}): readonly Row[] {
  const all = looked.reduce((sum, { list }) => sum + list.length, 0);
  return [
    ...looked.flatMap((each) => platformRows(each, kills)),
    row('all', 'questions_per_s', (1_000 * all) / askedForMs, 'questions/s', 'higher'),
    row('all', 'kills', kills, '', 'higher'),
    row('all', 'faults', faults.length, '', 'lower', 0),
    ...memoryRows(bots.lives),
  ];
}

function platformRows({ venue, list, waiting, result }: Looked, kills: number): readonly Row[] {
  const count = (metric: string, value: number) =>
    row(venue.name, metric, value, '', 'higher' as const);
  const none = (metric: string, value: number) => row(venue.name, metric, value, '', 'lower', 0);
  const found = (kind: Finding['kind'], byKill: boolean) =>
    result.findings.filter((one) => one.kind === kind && (one.killed !== null) === byKill).length;
  const mishaps = Object.values(venue.mishaps()).reduce((sum, each) => sum + each, 0);
  return [
    count('questions', list.filter(({ name }) => name !== 'chatter').length),
    count('answered', result.answered),
    count('told_honestly', result.told),
    count('mishaps', mishaps),
    ...findingKinds.map((kind) => none(kind.replaceAll(' ', '_'), found(kind, false))),
    row(
      venue.name,
      'excused_by_kill',
      findingKinds.reduce((sum, kind) => sum + found(kind, true), 0),
      '',
      'lower',
    ),
    row(venue.name, 'acknowledged_p99', percentile(venue.acknowledgedMs(), 0.99), 'ms', 'lower'),
    none('waiting', waiting.length),
    row(
      venue.name,
      'violations',
      venue.violations().length,
      '',
      'lower',
      kills > 0 ? undefined : 0,
    ),
  ];
}

/** Memory of the longest life: medians of its first and its last quarter, in MiB. */
function memoryRows(lives: readonly Life[]): readonly Row[] {
  const longest = lives.toSorted((a, b) => b.rss.length - a.rss.length)[0];
  const rss = longest?.rss ?? [];
  const quarter = Math.floor(rss.length / 4);
  if (quarter === 0) return [];
  const first = median(rss.slice(0, quarter));
  const last = median(rss.slice(-quarter));
  // A life of a few seconds is all warming up.
  const target = rss.length >= 120 ? mostGrowth : undefined;
  return [
    row('memory', 'rss_first_quarter', first / 2 ** 20, 'MiB', 'lower'),
    row('memory', 'rss_last_quarter', last / 2 ** 20, 'MiB', 'lower'),
    row('memory', 'rss_growth', last / first, 'x', 'lower', target),
  ];
}

/** Nearest rank. */
function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function row(
  name: string,
  metric: string,
  value: number,
  unit: string,
  better: Row['better'],
  target?: number,
): Row {
  return { case: name, metric, value, unit, better, ...(target === undefined ? {} : { target }) };
}
