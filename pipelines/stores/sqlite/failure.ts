import { PermanentError, TransientError } from '../errors.ts';

/** Primary result codes, https://sqlite.org/rescode.html; extended codes carry them in the low byte. */
const busy = 5;
const locked = 6;

const permanent: Readonly<Record<number, { readonly code: string; readonly hint: string }>> = {
  3: { code: 'store.forbidden', hint: 'Give this user read and write permission on the folder.' },
  8: {
    code: 'store.read-only',
    hint: 'Make the folder and the file writable for this user, or choose another UNDERSTUDY_HOME.',
  },
  10: {
    code: 'store.io',
    hint: 'The disk failed to read or write: check it, and that it is not a network share.',
  },
  11: {
    code: 'store.corrupt',
    hint: 'Restore the folder from a backup, or delete it and collect again.',
  },
  13: { code: 'store.full', hint: 'Free some space on the disk, then run the same command again.' },
  14: {
    code: 'store.cannot-open',
    hint: 'Check that UNDERSTUDY_HOME is a folder this user may write to.',
  },
  26: {
    code: 'store.corrupt',
    hint: 'The file is no SQLite database: move it away, or choose another UNDERSTUDY_HOME.',
  },
};

/** The primary SQLite result code of an error that node:sqlite threw, or undefined for any other error. */
function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
}

/** Whether another connection was in the way, so that trying again makes sense. */
export function isBusy(error: unknown): boolean {
  const code = resultCode(error);
  return code === busy || code === locked;
}

/** Translates what SQLite says into the two kinds of failure; everything else passes through. */
export function storeFailure(error: unknown, path: string): unknown {
  if (isBusy(error)) {
    return new TransientError(`Another process is writing to ${path} and did not finish in time.`, {
      code: 'store.busy',
      hint: 'Try again; if it stays so, look for a hanging understudy process.',
      cause: error,
      retryAfterMs: 1_000,
    });
  }
  const known = permanent[resultCode(error) ?? -1];
  if (!known) return error;
  const said = error instanceof Error ? error.message : String(error);
  return new PermanentError(`${path} cannot be used: ${said}.`, { ...known, cause: error });
}
