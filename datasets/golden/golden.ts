import { readFile } from 'node:fs/promises';
import { z } from 'zod';

/** Where a case may be used: thresholds are chosen on `dev`, numbers are reported on `test`. */
export const goldenSplits = ['dev', 'test'] as const;

export const goldenTypes = [
  'fact',
  'how-to',
  'comparison',
  'filtered',
  'follow-up',
  'unanswerable',
] as const;

const filtersSchema = z.strictObject({
  authors: z.array(z.string().min(1)).min(1).optional(),
  kinds: z
    .array(z.enum(['post', 'article', 'note']))
    .min(1)
    .optional(),
  /** First and last day that the reader means, both included. */
  since: z.iso.date().optional(),
  until: z.iso.date().optional(),
});

/**
 * One question with what a good answer must do. Objects are strict: a misspelt field would
 * otherwise be ignored and quietly weaken every number computed from the set.
 */
export const goldenCaseSchema = z.strictObject({
  id: z.string().regex(/^h\d{3}$/, 'expected an id such as h042'),
  question: z.string().min(3),
  /** Earlier turns of the thread, oldest first. */
  history: z
    .array(z.strictObject({ role: z.enum(['user', 'twin']), text: z.string().min(1) }))
    .min(1)
    .optional(),
  type: z.enum(goldenTypes),
  expect: z.enum(['answer', 'abstain']),
  /** What the question's own words ask for; never given to the system under test. */
  filters: filtersSchema.optional(),
  /** The day of asking, where the question contains a relative date. */
  now: z.iso.date().optional(),
  /** Relevant articles, as paths below `datasets/`. */
  documents: z.array(z.string().regex(/^handbook\/[\w./-]+\.md$/)),
  /** Verbatim passages that support the answer; `locateQuote` finds their offsets. */
  passages: z.array(z.strictObject({ document: z.string(), quote: z.string().min(3) })),
  /** Short facts; an answer that misses one is incomplete. */
  keyFacts: z.array(z.string().min(1)),
  tags: z.array(z.string().min(1)).min(1),
  split: z.enum(goldenSplits),
});
export type GoldenCase = z.infer<typeof goldenCaseSchema>;

/**
 * Reads a JSONL file of cases.
 * @throws Error naming the file, the line (from 1) and the field that is wrong.
 */
export async function loadGolden(file: string): Promise<GoldenCase[]> {
  const lines = (await readFile(file, 'utf8')).split('\n');
  return lines.flatMap((line, index) =>
    line.trim() === '' ? [] : [parseCase(line, `${file}, line ${index + 1}`)],
  );
}

function parseCase(line: string, place: string): GoldenCase {
  const parsed = goldenCaseSchema.safeParse(parseJson(line, place));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path, message }) => `${path.join('.') || '(case)'}: ${message}`,
  );
  throw new Error(`${place}: ${problems.join('; ')}`);
}

function parseJson(line: string, place: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new Error(`${place}: not JSON (one object per line)`, { cause });
  }
}
