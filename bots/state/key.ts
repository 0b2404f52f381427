import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const keyBytes = 32;

/**
 * The secret that people's pseudonyms are made with: one per home, made at first use. Without it the same person would be
 * another one after every start; with it alone nobody can be named.
 */
export function pseudonymKey(home: string): Uint8Array {
  const path = join(home, 'pseudonym.key');
  const kept = read(path);
  if (kept) return kept;
  // Linked, not written in place: of two processes that begin at once both end with the same key.
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, randomBytes(keyBytes), { mode: 0o600 });
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return readFileSync(path);
}

function read(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
