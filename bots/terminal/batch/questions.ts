import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { parsedJson } from '../../../pipelines/json.ts';
import { sha256 } from '../../../pipelines/stores/identity.ts';
import { UsageError } from '../exit.ts';

const lineSchema = z.union([
  z
    .string()
    .trim()
    .min(1)
    .transform((question) => ({ question, history: [], id: undefined })),
  z.object({
    /** Names the question in the answers; otherwise a hash of what is asked. */
    id: z
      .union([z.string().min(1), z.int()])
      .transform(String)
      .optional(),
    question: z.string().trim().min(1).max(8_000),
    history: z
      .array(z.object({ role: z.enum(['user', 'twin']), text: z.string() }))
      .max(50)
      .default([]),
  }),
]);

export type BatchQuestion = Omit<z.infer<typeof lineSchema>, 'id'> & { readonly id: string };

/**
 * The questions of a JSON lines file: texts, or objects with `question` and, if wanted, `id` and `history`.
 *
 * @throws UsageError naming the first line that is wrong, or an id that stands twice.
 */
export async function readQuestions(path: string): Promise<readonly BatchQuestion[]> {
  const questions: BatchQuestion[] = [];
  const seen = new Map<string, number>();
  let number = 0;
  for await (const line of linesOf(path)) {
    number += 1;
    if (line.trim() === '') continue;
    const parsed = lineSchema.safeParse(parsedJson(line));
    if (!parsed.success) {
      throw new UsageError(
        `${path}, line ${number}, is not a question.`,
        'A line is a text in quotes, or an object: {"id": "1", "question": "…"}.',
      );
    }
    const { question, history } = parsed.data;
    const id = parsed.data.id ?? sha256(JSON.stringify([question, history])).slice(0, 12);
    const before = seen.get(id);
    if (before !== undefined) {
      if (parsed.data.id === undefined) continue;
      throw new UsageError(`${path}: the id “${id}” stands in line ${before} and in ${number}.`);
    }
    seen.set(id, number);
    questions.push({ id, question, history });
  }
  if (questions.length === 0) throw new UsageError(`${path} holds no questions.`);
  return questions;
}

async function* linesOf(path: string): AsyncGenerator<string> {
  try {
    yield* createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity });
  } catch (error) {
    throw new UsageError(
      `${path} cannot be read: ${error instanceof Error ? error.message : error}`,
    );
  }
}
