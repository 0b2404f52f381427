import { open, stat } from 'node:fs/promises';
import { PermanentError, TransientError } from '../../stores/errors.ts';
import { decodeText, statedInMarkup } from '../text/charset.ts';
import { type Format, unreadable } from './walk.ts';

/** Raised when extraction changes enough that unchanged files should be read again. */
const recipe = 1;

/**
 * What tells that a file need not be read again: `size:mtimeMs:inode`, and the settings it was read with.
 * Throws a TransientError `file.unreadable` when the file cannot be looked at.
 */
export async function fingerprintOf(path: string, defaultAuthor?: string): Promise<string> {
  try {
    const { size, mtimeMs, ino } = await stat(path);
    return [size, mtimeMs, ino, `r${recipe}`, ...(defaultAuthor ? [defaultAuthor] : [])].join(':');
  } catch (error) {
    throw cannotRead(error);
  }
}

/**
 * A local file's text, line ends as `\n`, never more than `maxBytes` of it in memory.
 *
 * PermanentErrors: `file.too-large`, `file.empty`, `text.binary`, `text.encoding`.
 * TransientError: `file.unreadable`.
 */
export async function readText(path: string, format: Format, maxBytes: number): Promise<string> {
  const bytes = await readLimited(path, maxBytes);
  const text = decodeText(bytes, format === 'html' ? statedInMarkup(bytes) : undefined);
  if (text.trim() === '') {
    throw new PermanentError('The file is empty.', { code: 'file.empty' });
  }
  return text.replace(/\r\n?/g, '\n');
}

async function readLimited(path: string, maxBytes: number): Promise<Uint8Array> {
  let size: number;
  try {
    await using file = await open(path);
    size = (await file.stat()).size;
    if (size <= maxBytes) {
      // The size may have grown since: one byte more than allowed is enough to notice.
      const buffer = Buffer.alloc(Math.min(size, maxBytes) + 1);
      let length = 0;
      while (length < buffer.length) {
        const { bytesRead } = await file.read(buffer, length, buffer.length - length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      return buffer.subarray(0, Math.min(length, size));
    }
  } catch (error) {
    throw cannotRead(error);
  }
  throw new PermanentError(`The file has ${mebibytes(size)}, more than ${mebibytes(maxBytes)}.`, {
    code: 'file.too-large',
    hint: 'Split it, or leave it out.',
  });
}

function cannotRead(cause: unknown): TransientError {
  return new TransientError(unreadable('file', cause).message, { code: 'file.unreadable', cause });
}

function mebibytes(bytes: number): string {
  const size = bytes / (1024 * 1024);
  return `${size >= 10 ? Math.round(size) : size.toFixed(1)} MiB`;
}
