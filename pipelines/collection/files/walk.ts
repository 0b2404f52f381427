import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import type { Reason } from '../events.ts';
import { type IgnoreRules, isIgnored, rulesAbove, rulesIn } from './gitignore.ts';

/** What a file's name says it is. */
export type Format = 'markdown' | 'mdx' | 'html' | 'text';

const formats: Readonly<Record<string, Format>> = {
  '.md': 'markdown',
  '.markdown': 'markdown',
  '.mdown': 'markdown',
  '.mkd': 'markdown',
  '.mdx': 'mdx',
  '.html': 'html',
  '.htm': 'html',
  '.xhtml': 'html',
  '.txt': 'text',
  '.text': 'text',
};

export function formatOf(path: string): Format | undefined {
  return formats[extname(path).toLowerCase()];
}

export type Found =
  | { readonly type: 'file'; readonly path: string; readonly format: Format }
  /** A link that leads out of the folder: not followed. */
  | { readonly type: 'outside'; readonly path: string; readonly reason: Reason }
  /** A folder below that could not be read: what lies in it is unknown, not gone. */
  | { readonly type: 'unreadable'; readonly path: string; readonly reason: Reason };

/** Whether a file or folder of this name is never looked at, unless a person named it. */
export function isSkippedName(name: string): boolean {
  return name.startsWith('.') || name === 'node_modules';
}

/**
 * Every file of a known format under a folder, in the order of the names: recursively, without what git
 * ignores, without hidden files and `node_modules`. Symbolic links are not followed: what they lead to
 * inside the folder is met under its own name, and so there are no loops.
 *
 * Throws when the folder itself cannot be read.
 */
export async function* walk(root: string, signal: AbortSignal): AsyncGenerator<Found> {
  const rules = await rulesIn(root, await rulesAbove(root));
  yield* entries(root, await sorted(root), rules, { home: await realpath(root), signal });
}

type Walk = { readonly home: string; readonly signal: AbortSignal };

async function* entries(
  folder: string,
  found: readonly Dirent[],
  rules: IgnoreRules,
  context: Walk,
): AsyncGenerator<Found> {
  for (const entry of found) {
    if (context.signal.aborted) return;
    if (isSkippedName(entry.name)) continue;
    const path = join(folder, entry.name);
    if (isIgnored(path, entry.isDirectory(), rules)) continue;
    if (entry.isDirectory()) {
      let below: readonly Dirent[];
      try {
        below = await sorted(path);
      } catch (error) {
        yield { type: 'unreadable', path, reason: unreadable('folder', error) };
        continue;
      }
      yield* entries(path, below, await rulesIn(path, rules), context);
    } else if (entry.isSymbolicLink()) {
      if (await leadsOut(path, context.home)) {
        const message = 'This link leads out of the folder and was not followed.';
        yield { type: 'outside', path, reason: { code: 'file.link-outside', message } };
      }
    } else if (entry.isFile()) {
      const format = formatOf(entry.name);
      if (format) yield { type: 'file', path, format };
    }
  }
}

/** In code unit order, so that the same folder is walked the same way on every machine. */
async function sorted(folder: string): Promise<readonly Dirent[]> {
  const found = await readdir(folder, { withFileTypes: true });
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Whether a link leads to writing outside; programs and pictures behind links are nobody's loss. */
async function leadsOut(link: string, home: string): Promise<boolean> {
  try {
    const target = await realpath(link);
    if (target === home || target.startsWith(home.endsWith(sep) ? home : home + sep)) return false;
    return formatOf(link) !== undefined || (await stat(target)).isDirectory();
  } catch {
    // A dangling link, or a loop: nothing to read either way, and nothing that was left out.
    return false;
  }
}

export function unreadable(what: 'file' | 'folder', error: unknown): Reason {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  const why =
    code === 'EACCES' || code === 'EPERM'
      ? 'permission is missing'
      : code === 'ENOENT'
        ? 'it is not there'
        : code;
  return { code: `${what}.unreadable`, message: `The ${what} could not be read: ${why}.` };
}
