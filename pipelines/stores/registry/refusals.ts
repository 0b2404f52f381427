import { PermanentError, TransientError } from '../errors.ts';

/** The caller decided on a ledger that has grown since. */
export const conflict = (twin: string, expected: number): TransientError =>
  new TransientError(
    `The ledger of ${twin} does not stand at ${expected}: somebody moved meanwhile.`,
    { code: 'registry.conflict', hint: 'Read the ledger again, and decide on what it says.' },
  );

export const unknownRelease = (twin: string, release: string): PermanentError =>
  new PermanentError(`${twin} has no release ${release}.`, {
    code: 'registry.unknown-release',
    hint: 'Register the release first; the ledger lists those there are.',
  });
