/**
 * `npm run soak -- [--questions 2000] [--channels 50] [--seed N] [--platform slack|discord|both] [--kills N]
 * [--unreliable 0.05] [--home FOLDER]
 * [--json FILE]`: exits 1 when a question was not answered exactly once.
 */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { benchResult, printResult, reached, writeResult } from '../bench/result.ts';
import { runSoak } from './run.ts';

const optionsSchema = z.object({
  json: z.string().optional(),
  home: z.string().optional(),
  questions: z.coerce.number().int().min(1).max(50_000).default(2_000),
  channels: z.coerce.number().int().min(1).max(400).default(50),
  kills: z.coerce.number().int().min(0).default(0),
  unreliable: z.coerce.number().min(0).max(0.5).default(0.05),
  platform: z.enum(['slack', 'discord', 'both']).default('both'),
  seed: z.coerce
    .number()
    .int()
    .default(() => Date.now() % 1_000_000),
});

function readOptions() {
  try {
    const names = Object.keys(optionsSchema.shape);
    const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
    return optionsSchema.parse(parseArgs({ options }).values);
  } catch (error) {
    const said = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    console.error(
      `${said}\nusage: npm run soak -- [--questions N] [--channels N] [--seed N] [--platform slack|discord|both] [--kills N] [--unreliable SHARE] [--home FOLDER] [--json FILE]`,
    );
    process.exit(2);
  }
}

const { json, home, ...options } = readOptions();
console.error(`seed ${options.seed}: run again with it to meet the same people and mishaps`);
const { rows, faults } = await runSoak({
  ...options,
  ...(home !== undefined && { home }),
  log: (line) => console.error(line),
});
for (const fault of faults) console.error(`FAULT ${fault}`);
const result = benchResult('soak', rows);
printResult(result);
if (json !== undefined) await writeResult(json, result);
process.exitCode = faults.length === 0 && rows.every(reached) ? 0 : 1;
