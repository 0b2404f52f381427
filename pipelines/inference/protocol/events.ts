import { z } from 'zod';
import { documentKinds } from '../../stores/warehouse/document.ts';
import type { AnswerBegun } from '../port.ts';
import type { AnswerEvent, AnswerSource, Understanding, UnderstoodFilter } from '../types.ts';

/** What each field of a record is read by: all of them have to be named. */
type Read<T> = Record<keyof T, z.ZodType>;
type Event<Type extends AnswerEvent['type']> = Extract<AnswerEvent, { type: Type }>;
type Done = Event<'done'>;
type Fallback = Done['fallbacks'][number];
type Generation = NonNullable<Done['generation']>;

/** One of these words, and all of them named: a new one that is forgotten here does not compile. */
const oneOf = <Word extends string>(words: Record<Word, true>) =>
  z.enum(Object.keys(words) as [Word, ...Word[]]);

const count = z.int().min(0);
const ms = z.number();
const optionalScore = z.number().nullable();

const source = z.object({
  number: z.int().min(1),
  chunkId: z.string(),
  documentId: z.string(),
  title: z.string(),
  author: z.string(),
  authorId: z.string(),
  source: z.string(),
  kind: z.enum(documentKinds),
  link: z.string(),
  publishedAt: z.string().nullable(),
  headingPath: z.array(z.string()),
  text: z.string(),
  start: count,
  end: count,
  scores: z.object({
    lexical: optionalScore,
    dense: optionalScore,
    rescored: optionalScore,
    boost: z.number(),
    final: z.number(),
  } satisfies Read<AnswerSource['scores']>),
} satisfies Read<AnswerSource>);

const filter = z.object({
  field: oneOf<UnderstoodFilter['field']>({
    author: true,
    source: true,
    platform: true,
    kind: true,
    language: true,
    date: true,
  }),
  value: z.string(),
  since: z.string().nullable().exactOptional(),
  until: z.string().nullable().exactOptional(),
  confidence: z.number(),
  words: z.string(),
} satisfies Read<UnderstoodFilter>);

const understanding = z.object({
  question: z.string(),
  rewritten: z.string(),
  filters: z.array(filter),
  comparison: z.boolean(),
  queries: z.array(z.string()).exactOptional(),
} satisfies Read<Understanding>);

const usage = z.object({
  promptTokens: count,
  completionTokens: count,
  costUsd: z.number().nullable(),
} satisfies Read<NonNullable<Generation['usage']>>);

const generation = z.object({
  model: z.string(),
  prompt: z.string(),
  usage: usage.nullable(),
  timings: z.object({
    queueMs: ms.nullable(),
    inferenceMs: ms.nullable(),
    firstTextMs: ms,
    totalMs: ms,
  } satisfies Read<Generation['timings']>),
  endpoint: z.string(),
  counted: z.object({ tokens: count, exact: z.boolean() }),
  packed: z.array(z.int()),
  refusedCitations: count,
} satisfies Read<Generation>);

const begun = z.object({
  type: z.literal('begun'),
  release: z.string(),
} satisfies Read<AnswerBegun>);

const status = z.object({
  type: z.literal('status'),
  stage: oneOf<Event<'status'>['stage']>({
    understanding: true,
    retrieving: true,
    answering: true,
  }),
} satisfies Read<Event<'status'>>);

const sources = z.object({
  type: z.literal('sources'),
  featureSet: z.string(),
  sources: z.array(source),
  understanding,
  expansion: z.array(z.object({ term: z.string(), weight: z.number() })),
} satisfies Read<Event<'sources'>>);

const text = z.object({
  type: z.literal('text'),
  text: z.string(),
  citations: z.array(z.int()),
} satisfies Read<Event<'text'>>);

const done = z.object({
  type: z.literal('done'),
  outcome: oneOf<Done['outcome']>({ answered: true, abstained: true }),
  trace: z.string(),
  cited: z.array(z.int()),
  support: z.number().nullable(),
  timings: z.record(z.string(), ms),
  fallbacks: z.array(
    z.object({
      stage: oneOf<Fallback['stage']>({
        understand: true,
        embed: true,
        rerank: true,
        generate: true,
      }),
      reason: oneOf<Fallback['reason']>({
        late: true,
        down: true,
        busy: true,
        invalid: true,
        cut: true,
        uncited: true,
      }),
      code: z.string(),
    } satisfies Read<Fallback>),
  ),
  generation: generation.nullable(),
  reading: usage.exactOptional(),
} satisfies Read<Done>);

const error = z.object({
  type: z.literal('error'),
  trace: z.string(),
  error: z.object({
    code: z.string(),
    message: z.string(),
    hint: z.string().nullable(),
    retryable: z.boolean(),
  } satisfies Read<Event<'error'>['error']>),
} satisfies Read<Event<'error'>>);

/** What the pipeline says, event by event; whatever passes is one of its events. */
export const eventSchemas = [
  begun,
  status,
  sources,
  text,
  done,
  error,
] as const satisfies readonly z.ZodType<AnswerBegun | AnswerEvent>[];
