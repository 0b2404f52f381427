import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Judgments } from '../../../evals/metrics/retrieval.ts';

const docSchema = z.looseObject({
  id: z.string(),
  title: z.string().optional(),
  text: z.string(),
  author: z.string().nullish(),
  source: z.string().nullish(),
  date: z.string().nullish(),
});
export type CollectionDocument = z.infer<typeof docSchema>;

const querySchema = z.looseObject({ id: z.string(), text: z.string() });
export type JudgedQuestion = z.infer<typeof querySchema> & { readonly judgments: Judgments };

export type Collection = {
  readonly name: string;
  readonly documents: readonly CollectionDocument[];
  readonly questions: readonly JudgedQuestion[];
  /** Questions left out because nothing is judged relevant to them. */
  readonly unjudged: number;
};

const files = ['docs.jsonl', 'queries.jsonl', 'qrels.tsv'] as const;

/** The files a folder lacks to be a collection. */
export const missingFiles = (folder: string): readonly string[] =>
  files.filter((file) => !existsSync(join(folder, file)));

/** Reads docs.jsonl, queries.jsonl and qrels.tsv (question, document, grade; grades above 0 are relevant). */
export function readCollection(name: string, folder: string): Collection {
  const lines = (file: string) =>
    readFileSync(join(folder, file), 'utf8')
      .split('\n')
      .filter((line) => line.trim() !== '');
  const judgments = new Map<string, Map<string, number>>();
  for (const line of lines('qrels.tsv')) {
    const [question = '', document = '', grade = ''] = line.split('\t');
    if (!(Number(grade) > 0)) continue;
    const of = judgments.get(question) ?? new Map<string, number>();
    judgments.set(question, of.set(document, Number(grade)));
  }
  const queries = lines('queries.jsonl').map((line) => querySchema.parse(JSON.parse(line)));
  const questions = queries.flatMap((query) => {
    const known = judgments.get(query.id);
    return known ? [{ ...query, judgments: known }] : [];
  });
  return {
    name,
    documents: lines('docs.jsonl').map((line) => docSchema.parse(JSON.parse(line))),
    questions,
    unjudged: queries.length - questions.length,
  };
}
