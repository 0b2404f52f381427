import type { FaultRow } from './row.ts';

type Column = readonly [title: string, cell: (rows: readonly FaultRow[]) => string];

const columns: readonly Column[] = [
  ['stage', ([row]) => row?.stage ?? ''],
  ['what its server does', (rows) => rows.map(({ fault }) => fault).join('; ')],
  ['attempts', (rows) => range(rows.map(({ attempts }) => attempts))],
  ['what the user sees', ([row]) => [row?.seen, row?.line].filter(Boolean).join(': ')],
  [
    'what the trace says',
    (rows) => {
      const [row] = rows;
      const said = distinct(rows.flatMap(({ without }) => without ?? []));
      return [row?.outcome, said.join(', ')].filter(Boolean).join('; ');
    },
  ],
];

/** As a Markdown table: what ends alike stands in one line, or with `whole` each fault in its own. */
export function faultTable(rows: readonly FaultRow[], { whole }: { whole: boolean }): string {
  const alike = (row: FaultRow) => JSON.stringify([row.stage, row.seen, row.line, row.outcome]);
  const groups = whole ? rows.map((row) => [row]) : [...Map.groupBy(rows, alike).values()];
  return [
    line(columns.map(([title]) => title)),
    line(columns.map(() => '---')),
    ...groups.map((group) => line(columns.map(([, cell]) => cell(group)))),
  ].join('\n');
}

const line = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replace(/\s+/gu, ' ')).join(' | ')} |`;

const distinct = (all: readonly string[]): readonly string[] => [...new Set(all)];

function range(numbers: readonly number[]): string {
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  return least === most ? String(least) : `${least}–${most}`;
}
