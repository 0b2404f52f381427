import { PermanentError, TransientError } from '../../pipelines/stores/errors.ts';

/** What the process tells its caller; the same for every command. */
export const exitCodes = {
  done: 0,
  /** The answer is no: a check found something. */
  no: 1,
  /** Wrong use: unknown command, bad argument, unusable configuration. */
  usage: 2,
  /** Something outside failed: a file, a server, the disk. */
  outside: 3,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Wrong use of a command, found after its options were parsed. */
export class UsageError extends Error {
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.name = 'UsageError';
    this.hint = hint;
  }
}

/** An error as a person reads it: what failed, and what to do. */
export type Explained = {
  readonly exitCode: ExitCode;
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
};

export function explain(error: unknown): Explained {
  if (error instanceof UsageError) {
    return { exitCode: exitCodes.usage, code: 'usage', message: error.message, hint: error.hint };
  }
  if (error instanceof PermanentError || error instanceof TransientError) {
    const wrongUse = error.code.startsWith('environment.') || error.code.startsWith('usage.');
    return {
      exitCode: wrongUse ? exitCodes.usage : exitCodes.outside,
      code: error.code,
      message: error.message,
      hint: error.hint,
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { exitCode: exitCodes.outside, code: 'unexpected', message, hint: undefined };
}
