import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const folder = import.meta.dirname;

/** Where the built server lies: named by its sources, so that a change of them is another file. */
export function ferretBinary(): string {
  const hash = createHash('sha256');
  for (const file of ['main.go', 'go.mod', 'go.sum']) hash.update(readFileSync(join(folder, file)));
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return join(cache, 'understudy', `ferretdb-${hash.digest('hex').slice(0, 16)}`);
}

/** Builds it with Go when it is not there yet; more than a minute on the first time. */
export function buildFerret(): string {
  const binary = ferretBinary();
  if (existsSync(binary)) return binary;
  mkdirSync(join(binary, '..'), { recursive: true });
  const unfinished = `${binary}.${process.pid}`;
  const { status, error } = spawnSync('go', ['build', '-o', unfinished, '.'], {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`go build ended with ${status}.`);
  renameSync(unfinished, binary);
  return binary;
}

if (import.meta.main) process.stdout.write(`${buildFerret()}\n`);
