import type { RunningBot } from '../../../bots/ports.ts';

/** A platform with the bot on it, to be asked by the clock. Every question opens a thread of its own. */
export type BotBench = Pick<RunningBot, 'quiesce' | 'close'> & {
  /** From the moment the question is there until the first words of the answer are, in milliseconds. */
  firstTextMs(question: string): Promise<number>;
  /** Resolves when the whole answer stands. */
  answered(question: string, asker: number): Promise<void>;
};
