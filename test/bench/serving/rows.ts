import type { Row } from '../result.ts';
import type { InTurn } from './orders.ts';

export type Figures = {
  /** Clients in the order in which they are shown. */
  readonly names: readonly string[];
  readonly inTurn: ReadonlyMap<string, readonly InTurn[]>;
  readonly perSecond: ReadonlyMap<string, readonly number[]>;
  readonly growth: ReadonlyMap<string, number>;
};

/** Whom everything that only generates is compared with. */
const generating = 'understudy-generate';
const asking = 'understudy';
const reading = 'understudy-reading';

/** Milliseconds of CPU for a reply beside retrieval, streams a second, and what the heap may keep of 10,000 requests. */
const most = { addedP50Ms: 5, addedP95Ms: 15, cpuMs: 2, growthMib: 4 };
const leastPerSecond = 500;

const isOurs = (name: string): boolean => name.startsWith('understudy');

export function rowsOf(figures: Figures): Row[] {
  const summaries = new Map(figures.names.map((name) => [name, summary(figures, name)]));
  const baseline = summaries.get(generating);
  return figures.names.flatMap((name) => {
    const own = summaries.get(name);
    if (own === undefined) return [];
    const row = (metric: keyof Summary, unit: string, better: Row['better']): Row => {
      const value = own[metric];
      const reference = baseline?.[metric];
      const peer = !isOurs(name) &&
        reference !== undefined && {
          peer: name,
          ratio: better === 'lower' ? value / reference : reference / value,
        };
      return { case: name, metric, value, unit, better, ...peer };
    };
    return [
      row('ttft_p50_ms', 'ms', 'lower'),
      row('ttft_p95_ms', 'ms', 'lower'),
      row('cpu_ms_per_stream', 'ms', 'lower'),
      {
        ...row('streams_per_s', 'streams/s', 'higher'),
        ...(name === generating && { target: leastPerSecond }),
      },
      ...(isOurs(name) ? oursRows(name, own, summaries.get('raw'), figures.growth.get(name)) : []),
    ];
  });
}

function oursRows(
  name: string,
  own: Summary,
  raw: Summary | undefined,
  growthMib: number | undefined,
): Row[] {
  const lower = { case: name, better: 'lower' } as const;
  const rows: Row[] = [];
  // Another call of the model is the model's time, which no target of ours is about.
  const targets = name !== reading;
  if (raw !== undefined) {
    const p50 = own.ttft_p50_ms - raw.ttft_p50_ms;
    const p95 = own.ttft_p95_ms - raw.ttft_p95_ms;
    rows.push(
      {
        ...lower,
        metric: 'ttft_added_p50_ms',
        value: p50,
        unit: 'ms',
        ...(targets && { target: most.addedP50Ms }),
      },
      {
        ...lower,
        metric: 'ttft_added_p95_ms',
        value: p95,
        unit: 'ms',
        ...(targets && { target: most.addedP95Ms }),
      },
    );
  }
  if (name === asking) {
    const metric = 'cpu_ms_outside_retrieval';
    rows.push({ ...lower, metric, value: own.outside, unit: 'ms', target: most.cpuMs });
  }
  if (growthMib !== undefined) {
    const metric = 'heap_growth_mib';
    rows.push({ ...lower, metric, value: growthMib, unit: 'MiB', target: most.growthMib });
  }
  return rows;
}

type Summary = {
  readonly ttft_p50_ms: number;
  readonly ttft_p95_ms: number;
  readonly cpu_ms_per_stream: number;
  readonly streams_per_s: number;
  readonly outside: number;
};

function summary({ inTurn, perSecond }: Figures, name: string): Summary {
  const rounds = inTurn.get(name) ?? [];
  const firstMs = rounds.flatMap((round) => round.firstMs);
  return {
    ttft_p50_ms: percentile(firstMs, 0.5),
    ttft_p95_ms: percentile(firstMs, 0.95),
    cpu_ms_per_stream: percentile(
      rounds.map(({ cpuMs }) => cpuMs),
      0.5,
    ),
    streams_per_s: percentile(perSecond.get(name) ?? [], 0.5),
    outside: percentile(
      rounds.map(({ cpuMs, retrievalCpuMs }) => cpuMs - retrievalCpuMs),
      0.5,
    ),
  };
}

/** Nearest rank. */
function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
