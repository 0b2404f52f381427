import { createHash } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type ExitCode, exitCodes, UsageError } from '../exit.ts';
import { counted, type Output } from '../output.ts';
import { openProgress, type Progress } from '../progress.ts';
import { type Storehouse, twin } from '../storehouse.ts';

type Records = AsyncIterable<unknown> | Iterable<unknown>;
type Exported = { readonly file: string; readonly rows: number; readonly sha256: string };

/** Writes everything that is kept as JSON lines, one file per kind of record, with a manifest of hashes. */
export async function runExport(
  house: Storehouse,
  folder: string,
  output: Output,
  now: Date,
): Promise<ExitCode> {
  const target = resolve(folder);
  if (existsSync(target) && readdirSync(target).length > 0) {
    throw new UsageError(`${target} is not empty.`, 'Name a folder that does not exist yet.');
  }
  mkdirSync(target, { recursive: true, mode: 0o700 });
  const current = await house.features.current();
  const contents: readonly (readonly [string, Records])[] = [
    ['documents.jsonl', house.warehouse.documents()],
    ['origins.jsonl', await house.warehouse.origins()],
    ['chunks.jsonl', current ? chunksOf(house, current.id) : []],
    ['traces.jsonl', tracesWithFeedback(house)],
    ['releases.jsonl', await house.registry.releases(twin)],
    ['ledger.jsonl', await house.registry.ledger(twin)],
  ];
  const progress = openProgress(output, 'Exporting', 'rows');
  progress.total((await house.warehouse.facets()).documents + (current?.chunks ?? 0));
  const files: Exported[] = [];
  try {
    for (const [file, records] of contents) {
      files.push(await writeLines(target, file, records, progress));
    }
  } finally {
    progress.stop();
  }
  const manifest = { exportedAt: now.toISOString(), featureSet: current?.manifest ?? null, files };
  writeFileSync(join(target, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  output.data({ folder: target, ...manifest });
  for (const { file, rows } of files) output.line(`${file.padEnd(18)}${counted(rows, 'row')}`);
  output.line(`Written to ${target}, with hashes in manifest.json.`);
  return exitCodes.done;
}

async function* chunksOf(house: Storehouse, set: string): AsyncGenerator<unknown> {
  for await (const { documentId } of house.features.revisions(set)) {
    yield* house.features.documentChunks(set, documentId);
  }
}

async function* tracesWithFeedback(house: Storehouse): AsyncGenerator<unknown> {
  for (const trace of await house.traces.traces({ limit: Number.MAX_SAFE_INTEGER })) {
    yield { ...trace, feedback: await house.traces.feedbackOf(trace.id) };
  }
}

async function writeLines(
  folder: string,
  file: string,
  records: Records,
  progress: Progress,
): Promise<Exported> {
  const hash = createHash('sha256');
  let rows = 0;
  async function* lines(): AsyncGenerator<string> {
    for await (const record of records) {
      const line = `${JSON.stringify(record)}\n`;
      hash.update(line);
      rows += 1;
      progress.step();
      yield line;
    }
  }
  await pipeline(Readable.from(lines()), createWriteStream(join(folder, file), { mode: 0o600 }));
  return { file, rows, sha256: hash.digest('hex') };
}
