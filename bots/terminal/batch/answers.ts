import { existsSync } from 'node:fs';
import { type FileHandle, open, readFile, truncate } from 'node:fs/promises';
import { z } from 'zod';
import type { AnswerError, AnswerEvent } from '../../../pipelines/inference/ask.ts';
import { parsedJson } from '../../../pipelines/json.ts';
import { UsageError } from '../exit.ts';

type Done = Extract<AnswerEvent, { type: 'done' }>;

/** One line of the answers. */
export type BatchAnswer = {
  readonly id: string;
  readonly question: string;
  readonly outcome: Done['outcome'] | 'failed';
  /** Markdown with citations drawn as [1]. */
  readonly answer: string;
  readonly citations: readonly {
    readonly number: number;
    readonly title: string;
    readonly link: string;
    readonly documentId: string;
    readonly start: number;
    readonly end: number;
  }[];
  readonly trace: string;
  readonly support: number | null;
  readonly fallbacks: Done['fallbacks'];
  readonly generation: Done['generation'];
  /** What reading the question took besides, where a model read it. */
  readonly reading?: Done['reading'];
  readonly timings: Done['timings'];
  readonly error?: AnswerError;
};

export type AnswersFile = {
  /** Ids that are answered already. */
  readonly answered: ReadonlySet<string>;
  write(answer: BatchAnswer): Promise<void>;
  close(): Promise<void>;
};

/**
 * The file of answers, to be gone on with: what a process that was killed wrote whole stays, the half line that it
 * may have left is cut off, and its question is asked again.
 *
 * @throws UsageError when the file holds something else than answers.
 */
export async function openAnswers(path: string): Promise<AnswersFile> {
  const answered = existsSync(path) ? await kept(path) : new Set<string>();
  const file: FileHandle = await open(path, 'a');
  return {
    answered,
    write: async (answer) => void (await file.appendFile(`${JSON.stringify(answer)}\n`)),
    close: () => file.close(),
  };
}

const keptSchema = z.object({ id: z.string(), outcome: z.string() });

async function kept(path: string): Promise<ReadonlySet<string>> {
  const content = await readFile(path);
  const end = content.lastIndexOf(0x0a) + 1;
  if (end < content.length) await truncate(path, end);
  const lines = content.toString('utf8', 0, end).split('\n').slice(0, -1);
  return new Set(
    lines.map((line, index) => {
      const parsed = keptSchema.safeParse(parsedJson(line));
      if (parsed.success) return parsed.data.id;
      throw new UsageError(
        `${path}, line ${index + 1}, is not an answer: this is another file.`,
        'Name one that does not exist yet with --output, or one that this command wrote.',
      );
    }),
  );
}
