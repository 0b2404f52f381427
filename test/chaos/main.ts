/** `npm run chaos -- [--json FILE] [--kills 50] [--files 300] [--seed N]`: exits 1 when anything is lost. */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { benchResult, printResult, reached, writeResult } from '../bench/result.ts';
import { runChaos } from './run.ts';

const optionsSchema = z.object({
  json: z.string().optional(),
  kills: z.coerce.number().int().min(1).default(50),
  files: z.coerce.number().int().min(5).default(300),
  seed: z.coerce
    .number()
    .int()
    .default(() => Date.now() % 1_000_000),
});

function readOptions() {
  try {
    const text = { type: 'string' } as const;
    const { values } = parseArgs({ options: { json: text, kills: text, files: text, seed: text } });
    return optionsSchema.parse(values);
  } catch (error) {
    const said = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    console.error(
      `${said}\nusage: npm run chaos -- [--json FILE] [--kills N] [--files N] [--seed N]`,
    );
    process.exit(2);
  }
}

const { json, kills, files, seed } = readOptions();
console.error(`seed ${seed}: run again with it to see the same kills`);
const { rows, faults } = await runChaos({ kills, files, seed, log: (line) => console.error(line) });
for (const fault of faults) console.error(`FAULT ${fault}`);
const result = benchResult('chaos', rows);
printResult(result);
if (json) await writeResult(json, result);
process.exitCode = faults.length === 0 && rows.every(reached) ? 0 : 1;
