/**
 * `npm run faults -- [--json FILE] [--whole]`: each fault of each model server, and what everybody is left with, as a
 * Markdown table; exits 1 when an answer hung, was lost, or ended otherwise than it must.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { openFaultHouse } from './house.ts';
import { matrix } from './matrix.ts';
import { type FaultRow, wrongs } from './row.ts';
import { suffer } from './suffer.ts';
import { faultTable } from './table.ts';

function readOptions(): { readonly json?: string; readonly whole?: boolean } {
  try {
    return parseArgs({ options: { json: { type: 'string' }, whole: { type: 'boolean' } } }).values;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    console.error('usage: npm run faults -- [--json FILE] [--whole]');
    process.exit(2);
  }
}

const { json, whole = false } = readOptions();
const house = await openFaultHouse();
const rows: FaultRow[] = [];
let wrong = 0;
try {
  for (const fault of matrix) {
    const row = await suffer(house, fault);
    rows.push(row);
    for (const each of wrongs(row, fault)) {
      wrong += 1;
      console.error(`FAULT ${row.stage}, ${row.fault}: ${each}`);
    }
  }
} finally {
  await house.close();
}
console.log(faultTable(rows, { whole }));
if (json !== undefined) {
  await writeFile(
    json,
    `${JSON.stringify({ name: 'faults', date: new Date().toISOString(), rows }, null, 2)}\n`,
  );
}
process.exitCode = wrong === 0 ? 0 : 1;
