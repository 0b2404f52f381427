import { z } from 'zod';
import { fallbackSchema, sourceSchema } from './answer.ts';
import { onlyShape, wishShape } from './ask.ts';

/** Text, or parts of which we read the text; what a client sends besides is tolerated. */
const contentSchema = z
  .union([
    z.string(),
    z.array(z.looseObject({ type: z.string(), text: z.string().optional() })),
    z.null(),
  ])
  .optional();

const messageSchema = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
  content: contentSchema,
});

export type OpenAiMessage = z.infer<typeof messageSchema>;

/**
 * What a chat client sends. Parameters that a twin has no use for (temperature, tools, stop …) are taken and ignored:
 * its voice is part of its release, and clients send them unasked.
 */
export const completionBodySchema = z
  .looseObject({
    model: z.string().meta({ description: 'The twin’s name, as GET /v1/models lists it.' }),
    messages: z.array(messageSchema).min(1).max(1_000).meta({
      description:
        'The last one asks and is a user’s; those before are the history. System messages are not instructions to the twin, and are left out.',
    }),
    stream: z.boolean().nullish(),
    stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
    n: z.literal(1, { error: 'The twin gives one answer.' }).nullish(),
    understudy: z
      .strictObject({ ...onlyShape, ...wishShape })
      .optional()
      .meta({ description: 'What POST /v1/ask takes besides, for clients that can send more.' }),
  })
  .meta({ id: 'ChatCompletionRequest' });

const extension = z
  .object({
    citations: z.array(z.int()).meta({ description: 'Numbers of the sources cited, ascending.' }),
    sources: z.array(sourceSchema),
    trace: z.string(),
    outcome: z.enum(['answered', 'abstained']),
    fallbacks: z.array(fallbackSchema),
  })
  .meta({
    id: 'Understudy',
    description: 'What OpenAI’s protocol has no place for. Marks [n] in the content name sources.',
  });

export type Extension = z.infer<typeof extension>;

const usage = z
  .object({
    prompt_tokens: z.int().min(0),
    completion_tokens: z.int().min(0),
    total_tokens: z.int().min(0),
  })
  .meta({
    id: 'Usage',
    description: 'Tokens of the language model; 0 where none wrote the answer.',
  });

const shared = {
  id: z.string(),
  created: z.int().meta({ description: 'Seconds since 1970.' }),
  model: z.string(),
};

export const completionSchema = z
  .object({
    ...shared,
    object: z.literal('chat.completion'),
    choices: z.array(
      z.object({
        index: z.int(),
        message: z.object({
          role: z.literal('assistant'),
          content: z.string(),
          refusal: z.null(),
        }),
        logprobs: z.null(),
        finish_reason: z.literal('stop'),
      }),
    ),
    usage: usage.optional().meta({ description: 'Absent where the model server did not tell.' }),
    understudy: extension,
  })
  .meta({ id: 'ChatCompletion' });

export const completionChunkSchema = z
  .object({
    ...shared,
    object: z.literal('chat.completion.chunk'),
    choices: z.array(
      z.object({
        index: z.int(),
        delta: z.object({
          role: z.literal('assistant').optional(),
          content: z.string().optional(),
        }),
        logprobs: z.null(),
        finish_reason: z.literal('stop').nullable(),
      }),
    ),
    usage: usage.nullish(),
    understudy: extension.optional().meta({ description: 'On the chunk with the finish reason.' }),
  })
  .meta({ id: 'ChatCompletionChunk' });

export const openAiErrorSchema = z
  .object({
    error: z.object({
      message: z.string(),
      type: z.string(),
      param: z.string().nullable(),
      code: z.string().nullable(),
    }),
  })
  .meta({ id: 'OpenAiError' });

/** The data of one event of a stream: after a failure there is neither a finish reason nor `[DONE]`. */
export const completionEventSchema = z.union([completionChunkSchema, openAiErrorSchema]);

export type Completion = z.infer<typeof completionSchema>;
export type CompletionChunk = z.infer<typeof completionChunkSchema>;
export type CompletionUsage = z.infer<typeof usage>;

export const modelsSchema = z
  .object({
    object: z.literal('list'),
    data: z.array(
      z.object({
        id: z.string(),
        object: z.literal('model'),
        created: z.int(),
        owned_by: z.string(),
      }),
    ),
  })
  .meta({ id: 'Models' });

/** How the routes of OpenAI's protocol may fail. */
export const openAiErrors = {
  '4xx': {
    description: 'The request cannot be served as it is.',
    content: { 'application/json': { schema: openAiErrorSchema } },
  },
  '5xx': {
    description: 'Something failed on this side.',
    content: { 'application/json': { schema: openAiErrorSchema } },
  },
} as const;
