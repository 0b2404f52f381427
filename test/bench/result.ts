import { writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';

/** One measured figure. `case` + `metric` name it for ever, so that results compare over time. */
export type Row = {
  /** What was measured on, for example `scifact/full` or `50000`. */
  readonly case: string;
  /** What was measured, for example `ndcg@10`, `p95_ms`, `chunks_per_s`. */
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
  readonly better: 'higher' | 'lower';
  /** Whose figure this is, when it is not ours. */
  readonly peer?: string;
  /** How many times better ours is than this peer's in the same run: above 1 we win. */
  readonly ratio?: number;
  /** What the figure has to reach. */
  readonly target?: number;
};

export type BenchResult = {
  readonly name: string;
  /** ISO 8601, UTC: when the run ended. */
  readonly date: string;
  readonly machine: string;
  readonly rows: readonly Row[];
};

/** `--key value` gives a string, a bare `--flag` gives true. */
export type BenchOptions = Readonly<Record<string, string | true>>;

/** What each `test/bench/<name>.ts` exports as `run`. */
export type Bench = (options: BenchOptions) => Promise<readonly Row[]>;

export function benchResult(name: string, rows: readonly Row[]): BenchResult {
  return { name, date: new Date().toISOString(), machine: describeMachine(), rows };
}

export async function writeResult(file: string, result: BenchResult): Promise<void> {
  await writeFile(file, `${JSON.stringify(result, null, 2)}\n`);
}

/** The rows as an aligned table for people; a missed target is marked. */
export function printResult(result: BenchResult): void {
  const table = [
    ['case', 'metric', 'value', 'unit', 'peer', 'ratio', 'target'],
    ...result.rows.map((row) => [
      row.case,
      row.metric,
      readable(row.value),
      row.unit,
      row.peer ?? '',
      row.ratio === undefined ? '' : `${readable(row.ratio)}x`,
      row.target === undefined ? '' : `${readable(row.target)} ${reached(row) ? 'ok' : 'MISSED'}`,
    ]),
  ];
  const widths = (table[0] ?? []).map((_, column) =>
    Math.max(...table.map((cells) => cells[column]?.length ?? 0)),
  );
  console.log(`\n${result.name} · ${result.date} · ${result.machine}\n`);
  for (const [index, cells] of table.entries()) {
    const numeric = (column: number) => index > 0 && (column === 2 || column === 5);
    const line = cells.map((cell, column) => {
      const width = widths[column] ?? 0;
      return numeric(column) ? cell.padStart(width) : cell.padEnd(width);
    });
    console.log(line.join('  ').trimEnd());
    if (index === 0) console.log(widths.map((width) => '-'.repeat(width)).join('  '));
  }
}

/** Whether a row meets its target; true when it has none. */
export function reached({ value, target, better }: Row): boolean {
  if (target === undefined) return true;
  return better === 'higher' ? value >= target : value <= target;
}

function readable(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value)) return String(value);
  const magnitude = Math.abs(value);
  return value.toFixed(magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : magnitude >= 1 ? 2 : 4);
}

function describeMachine(): string {
  const processors = cpus();
  const model = processors[0]?.model.trim() ?? 'unknown processor';
  const gib = Math.round(totalmem() / 2 ** 30);
  return `${processors.length} x ${model}, ${gib} GiB, Node ${process.version}, ${process.platform}`;
}
