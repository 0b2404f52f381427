/**
 * `npm run chaos -- [--json FILE] [--kills 50] [--files 300] [--seed N] [--pause-ms 30000] [--only NAME]`: exits 1 when
 * anything is lost. `--only embedded` is the one file alone, `--only servers` the deployment, `--only redis` those of its
 * misfortunes that have this in their name.
 */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { benchResult, printResult, type Row, reached, writeResult } from '../bench/result.ts';
import { hasMongo } from '../servers/ferretdb/server.ts';
import { hasRedis } from '../servers/redis/server.ts';
import { runChaos } from './run.ts';

const optionsSchema = z.object({
  json: z.string().optional(),
  kills: z.coerce.number().int().min(1).default(50),
  files: z.coerce.number().int().min(5).default(300),
  seed: z.coerce
    .number()
    .int()
    .default(() => Date.now() % 1_000_000),
  'pause-ms': z.coerce.number().int().min(0).default(30_000),
  only: z.string().default(''),
});

function readOptions() {
  try {
    const names = Object.keys(optionsSchema.shape);
    const options = Object.fromEntries(names.map((name) => [name, { type: 'string' } as const]));
    return optionsSchema.parse(parseArgs({ options }).values);
  } catch (error) {
    const said = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    console.error(
      `${said}\nusage: npm run chaos -- [--json FILE] [--kills N] [--files N] [--seed N] [--pause-ms N] [--only NAME]`,
    );
    process.exit(2);
  }
}

const { json, kills, files, seed, only, 'pause-ms': pauseMs } = readOptions();
console.error(`seed ${seed}: run again with it to see the same kills`);
const log = (line: string) => console.error(line);
const rows: Row[] = [];
const faults: string[] = [];

if (only === '' || only === 'embedded') {
  const outcome = await runChaos({ kills, files, seed, log });
  rows.push(...outcome.rows);
  faults.push(...outcome.faults);
}
if (only !== 'embedded') {
  if (hasMongo && hasRedis) {
    const { runServerChaos } = await import('./servers/run.ts');
    const named = only === 'servers' ? '' : only;
    const outcome = await runServerChaos({ kills, files, seed, pauseMs, only: named, log });
    rows.push(...outcome.rows);
    faults.push(...outcome.faults);
  } else {
    log(
      'The servers are left out: redis-server or the MongoDB-wire server (npm run test:servers) is not here.',
    );
  }
}
for (const fault of faults) console.error(`FAULT ${fault}`);
const result = benchResult('chaos', rows);
printResult(result);
if (json) await writeResult(json, result);
process.exitCode = faults.length === 0 && rows.every(reached) ? 0 : 1;
