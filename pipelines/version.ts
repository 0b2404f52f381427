import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The code's version, so that a release names what it was served by. */
export function codeVersion(): string {
  const file = join(import.meta.dirname, '../package.json');
  const manifest: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const version = (manifest as { version?: unknown }).version;
  return typeof version === 'string' ? version : 'unknown';
}
