import { z } from 'zod';
import { documentKinds } from '../../../pipelines/stores/warehouse/document.ts';

const share = (description: string) => z.number().min(0).max(1).nullable().meta({ description });
const rank = z.number().nullable();

export const sourceSchema = z
  .object({
    number: z.int().min(1).meta({ description: 'The number that a mark [n] in the text names.' }),
    chunkId: z.string().meta({ description: 'Id of the passage.' }),
    documentId: z.string().meta({ description: 'For GET /v1/documents/{id}.' }),
    title: z.string(),
    author: z.string().meta({ description: 'Name of the author.' }),
    authorId: z.string(),
    source: z.string().meta({ description: 'The publication, as people call it.' }),
    kind: z.enum(documentKinds),
    link: z
      .string()
      .nullable()
      .meta({ description: 'Where it is published; null if not on the web.' }),
    publishedAt: z.string().nullable().meta({ description: 'ISO 8601, UTC.' }),
    headingPath: z.array(z.string()).meta({ description: 'Headings above the passage.' }),
    text: z.string().meta({ description: 'The passage, Markdown.' }),
    start: z
      .int()
      .min(0)
      .meta({ description: 'Offset into the document’s content, UTF-16 units.' }),
    end: z.int().min(0).meta({ description: 'End of the passage, exclusive.' }),
    scores: z
      .object({ lexical: rank, dense: rank, rescored: rank, boost: z.number(), final: z.number() })
      .meta({ description: 'By stage; comparable within one answer; higher is better.' }),
  })
  .meta({ id: 'Source', description: 'A passage that an answer was written from.' });

export type ShownSource = z.infer<typeof sourceSchema>;

export const fallbackSchema = z
  .object({
    stage: z.enum(['understand', 'embed', 'rerank', 'generate']),
    reason: z.enum(['late', 'down', 'busy', 'invalid', 'cut', 'uncited']),
    code: z.string(),
  })
  .meta({ id: 'Fallback', description: 'What stood in the way of a better answer.' });

export const generationSchema = z
  .object({
    model: z.string().meta({ description: 'Engine, model and adapter.' }),
    prompt: z.string().meta({ description: 'Hash of the prompt files.' }),
    usage: z
      .object({
        promptTokens: z.int().min(0),
        completionTokens: z.int().min(0),
        costUsd: z.number().nullable().meta({ description: 'US dollars; null without a price.' }),
      })
      .nullable()
      .meta({ description: 'Null where the model server did not tell.' }),
    refusedCitations: z
      .int()
      .min(0)
      .meta({ description: 'Citations that the model made up; they were never shown.' }),
  })
  .meta({ id: 'Generation', description: 'What a language model took to write the answer.' });

const timingsSchema = z
  .record(z.string(), z.number())
  .meta({ description: 'Milliseconds of each stage that ran.' });

/** What is the same in an answer as a whole and in the last event of a stream. */
export const endShape = {
  outcome: z.enum(['answered', 'abstained']).meta({
    description: '`abstained`: the writing does not answer this; the text says so.',
  }),
  trace: z.string().meta({ description: 'Id of the answer’s trace, for POST /v1/feedback.' }),
  cited: z.array(z.int()).meta({ description: 'Numbers of the sources cited, ascending.' }),
  support: share('How well the passages carry the question; higher is better; null if not known.'),
  timings: timingsSchema,
  fallbacks: z.array(fallbackSchema).meta({ description: 'What was done without, in order.' }),
  words: z.string().nullable().meta({
    description: 'An honest line for people about what was done without; null where nothing was.',
  }),
  generation: generationSchema
    .nullable()
    .meta({ description: 'Null where no language model wrote it.' }),
} as const;

export const answerSchema = z
  .object({
    answer: z.string().meta({ description: 'Markdown with marks [n] after what they support.' }),
    sources: z.array(sourceSchema),
    ...endShape,
    thread: z.string().meta({ description: 'To be sent again with a question that follows up.' }),
    replayed: z.boolean().meta({
      description: 'True where the Idempotency-Key was known and this is the answer given then.',
    }),
  })
  .meta({ id: 'Answer', description: 'An answer with its sources.' });

export type ShownAnswer = z.infer<typeof answerSchema>;
