import { existsSync } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { PermanentError, TransientError } from '../../stores/errors.ts';
import type { CrawlContext, Crawler, CrawlItem } from '../crawler.ts';
import { draftOf } from '../files/draft.ts';
import { fingerprintOf, readText } from '../files/read.ts';
import { type Format, type Found, formatOf, unreadable, walk } from '../files/walk.ts';
import { reasonOf } from '../reasons.ts';

/** A folder of writing on this machine, or a single file. */
export const folderCrawler: Crawler = {
  name: 'folder',
  understands: 'a folder or file on this machine (Markdown, MDX, HTML, plain text)',
  claims: (link) => {
    if (/^file:\/\//i.test(link)) return true;
    // Two letters at least, so that a Windows drive is no scheme.
    if (/^[a-z][a-z0-9+.-]+:/i.test(link)) return existsSync(link);
    return /^(?:[/~]|\.{1,2}(?:[/\\]|$)|[a-z]:[/\\])/i.test(link) || existsSync(link);
  },
  originOf: (link) => {
    if (/^file:\/\//i.test(link)) return fileURLToPath(link);
    return resolve(link.startsWith('~/') || link === '~' ? join(homedir(), link.slice(1)) : link);
  },
  crawl,
};

async function* crawl(root: string, context: CrawlContext): AsyncGenerator<CrawlItem> {
  const kind = await kindOf(root, context);
  if (kind === 'vanished') {
    yield { type: 'complete' };
    return;
  }
  if (kind === 'file') {
    // A person who names a file means it, whatever it is called.
    const format = formatOf(root) ?? 'text';
    yield { type: 'total', items: 1 };
    yield await fileItem({ path: root, root: dirname(root), format }, context);
    yield { type: 'complete' };
    return;
  }
  const found: Found[] = [];
  try {
    for await (const entry of walk(root, context.signal)) found.push(entry);
  } catch (error) {
    const { code, message } = unreadable('folder', error);
    throw new TransientError(`${root}: ${message}`, { code, cause: error });
  }
  yield { type: 'total', items: found.length };
  let whole = true;
  for (const entry of found) {
    if (context.signal.aborted) return;
    if (entry.type === 'file') {
      yield await fileItem({ path: entry.path, root, format: entry.format }, context);
      continue;
    }
    const link = pathToFileURL(entry.path).href;
    if (entry.type === 'unreadable') whole = false;
    yield {
      type: entry.type === 'outside' ? 'skipped' : 'failed',
      link,
      reason: entry.reason,
    };
  }
  if (whole) yield { type: 'complete' };
}

type File = { readonly path: string; readonly root: string; readonly format: Format };

async function fileItem(file: File, context: CrawlContext): Promise<CrawlItem> {
  const link = pathToFileURL(file.path).href;
  const memory = await context.memory(link);
  const last = memory?.documentId;
  try {
    const fingerprint = await fingerprintOf(file.path, context.defaultAuthor);
    if (last && memory.fingerprint === fingerprint && (await context.isLive(last))) {
      return { type: 'unchanged', link, documentId: last };
    }
    const text = await readText(file.path, file.format, context.maxFileBytes);
    const { draft, warnings } = draftOf(text, {
      ...file,
      origin: context.origin,
      defaultAuthor: context.defaultAuthor,
      collectedAt: context.now().toISOString(),
    });
    // Without a fingerprint it is read again next time, and the warning told again until it is mended.
    const value =
      warnings.length > 0 ? { documentId: draft.id } : { documentId: draft.id, fingerprint };
    return { type: 'draft', draft, warnings, memory: { key: link, value }, authoritative: true };
  } catch (error) {
    const reason = reasonOf(error);
    // Emptied is gone; everything else about a file that was fine may be mended.
    if (reason.code === 'file.empty') return { type: 'skipped', link, reason };
    return { type: 'failed', link, reason, ...(last ? { keeps: last } : {}) };
  }
}

/** Tells a file that is gone (its folder is there, and it was read before) from a path that cannot be read. */
async function kindOf(
  root: string,
  context: CrawlContext,
): Promise<'file' | 'folder' | 'vanished'> {
  try {
    const found = await stat(root);
    if (found.isDirectory()) return 'folder';
    if (found.isFile()) return 'file';
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const wasFile = await context.memory(pathToFileURL(root).href);
    if (missing && wasFile && (await isThere(dirname(root)))) return 'vanished';
    const { message } = unreadable('folder', error);
    throw new TransientError(`${root}: ${message}`, { code: 'folder.unreadable', cause: error });
  }
  throw new PermanentError(`${root} is neither a file nor a folder.`, { code: 'file.special' });
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
