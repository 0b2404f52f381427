/** `npm run bench -- <name> [--json FILE] [options of the bench]`: one bench, printed and kept. */
import { readdir } from 'node:fs/promises';
import {
  type Bench,
  type BenchOptions,
  benchResult,
  printResult,
  reached,
  writeResult,
} from './result.ts';

/** Files of this folder that are not benches. */
const notBenches = new Set(['main', 'result']);

function parseOptions(words: readonly string[]): BenchOptions {
  const options: Record<string, string | true> = {};
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    if (!word.startsWith('--')) throw new Error(`Not an option: ${word}`);
    const [name = '', inline] = word.slice(2).split('=', 2);
    const next = words[index + 1];
    if (inline !== undefined) {
      options[name] = inline;
    } else if (next !== undefined && !next.startsWith('--')) {
      options[name] = next;
      index++;
    } else {
      options[name] = true;
    }
  }
  return options;
}

async function benchNames(): Promise<string[]> {
  const entries = await readdir(import.meta.dirname, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => entry.name.slice(0, -'.ts'.length))
    .filter((name) => !notBenches.has(name))
    .sort();
}

const [name, ...rest] = process.argv.slice(2);
const names = await benchNames();
if (name === undefined || !names.includes(name)) {
  console.error(`usage: npm run bench -- <${names.join('|')}> [--json FILE] [options]`);
  process.exit(2);
}
let options: BenchOptions;
try {
  options = parseOptions(rest);
  if (options['json'] === true) throw new Error('--json wants a file name');
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(2);
}

const { run } = (await import(`./${name}.ts`)) as { run?: Bench };
if (!run) {
  console.error(`${name} is a part of other benches, not one itself.`);
  process.exit(2);
}
const result = benchResult(name, await run(options));
printResult(result);
if (typeof options['json'] === 'string') await writeResult(options['json'], result);
if (!result.rows.every(reached)) process.exitCode = 1;
