import type { Environment } from '../../pipelines/environment.ts';
import type { BotsEnvironment } from '../environment.ts';
import type { ExitCode } from './exit.ts';

/** What a command needs from the process it runs in. */
export type Setting = {
  readonly environment: () => Environment;
  readonly bots: () => BotsEnvironment;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly version: string;
  /** Told how the command ended. */
  readonly exit: (code: ExitCode) => void;
};
