import { z } from 'zod';
import { endShape, sourceSchema } from './answer.ts';

const filterSchema = z.object({
  field: z.enum(['author', 'source', 'platform', 'kind', 'language', 'date']),
  value: z.string(),
  since: z.string().nullable().optional(),
  until: z.string().nullable().optional(),
  confidence: z.number(),
  words: z.string(),
});

export const understandingSchema = z
  .object({
    question: z.string(),
    rewritten: z.string().meta({ description: 'With what it carries over from the thread.' }),
    filters: z.array(filterSchema),
    comparison: z.boolean(),
    queries: z.array(z.string()).optional(),
  })
  .meta({ id: 'Understanding', description: 'What the question was taken to mean.' });

export const expansionSchema = z
  .array(z.object({ term: z.string(), weight: z.number() }))
  .meta({ description: 'Terms that were searched for besides, with their weights.' });

const status = z
  .object({
    type: z.literal('status'),
    stage: z.enum(['understanding', 'retrieving', 'answering']),
  })
  .meta({ id: 'StatusEvent' });

const sources = z
  .object({
    type: z.literal('sources'),
    featureSet: z.string(),
    sources: z.array(sourceSchema),
    understanding: understandingSchema,
    expansion: expansionSchema,
  })
  .meta({
    id: 'SourcesEvent',
    description: 'What the answer will be written from; before any text.',
  });

const text = z
  .object({
    type: z.literal('text'),
    text: z.string().meta({ description: 'The next part of the Markdown, without marks.' }),
    citations: z.array(z.int()).meta({ description: 'Numbers to draw after this part.' }),
  })
  .meta({ id: 'TextEvent' });

const done = z.object({ type: z.literal('done'), ...endShape }).meta({ id: 'DoneEvent' });

const error = z
  .object({
    type: z.literal('error'),
    trace: z.string().nullable().meta({ description: 'Null where nothing was asked of the twin.' }),
    error: z.object({
      code: z.string(),
      message: z.string(),
      hint: z.string().nullable(),
      retryable: z.boolean(),
    }),
  })
  .meta({ id: 'ErrorEvent' });

const stopped = z
  .object({
    type: z.literal('stopped'),
    reason: z.enum(['asker', 'restarted', 'deleted', 'shutdown']),
    trace: z.string(),
    words: z.string().nullable().meta({ description: 'An honest line for people.' }),
  })
  .meta({ id: 'StoppedEvent', description: 'The answer ended before its end.' });

/** The events of an answer: `status`…, `sources`, `text`…, then exactly one `done`, `error` or `stopped`. */
export const eventSchema = z
  .discriminatedUnion('type', [status, sources, text, done, error, stopped])
  .meta({
    id: 'AnswerEvent',
    description:
      'The data of one server-sent event. In order: any number of status, one sources, any number of text, then exactly one done, error or stopped: a stream that ends without one of these failed. Lines that begin with a colon only keep the connection open.',
  });

export type ShownEvent = z.infer<typeof eventSchema>;
