import { z } from 'zod';

const names = z.array(z.string().min(1).max(200)).min(1).max(100);

/** What an answer may be written from, at most: narrows what the key may see, never widens it. */
export const onlyShape = {
  sources: names
    .optional()
    .meta({ description: 'Names of sources, as GET /v1/sources lists them.' }),
  authors: names.optional().meta({ description: 'Ids of authors, as GET /v1/sources lists them.' }),
  since: z.iso
    .date()
    .or(z.iso.datetime({ offset: true }))
    .optional()
    .meta({
      description: 'Published on or after; writing without a date is left out.',
      examples: ['2025-01-01'],
    }),
} as const;

export const wishShape = {
  length: z
    .enum(['short', 'long'])
    .optional()
    .meta({ description: 'Shorter or longer than usual.' }),
  locale: z
    .string()
    .max(35)
    .optional()
    .meta({
      description:
        'Language of notices and refusals; else Accept-Language. The answer follows the question.',
      examples: ['pt-BR'],
    }),
} as const;

export const askBodySchema = z
  .strictObject({
    question: z
      .string()
      .trim()
      .min(1)
      .max(100_000)
      .meta({
        description:
          'Markdown. The twin reads as much as it is set up to, 8,000 UTF-16 units at first.',
        examples: ['How does a twin know when it should not answer?'],
      }),
    thread: z
      .string()
      .regex(/^[\w.:-]{1,128}$/u, { error: 'has 1 to 128 letters, digits, dots, colons, hyphens' })
      .optional()
      .meta({
        description:
          'Continues a thread of this key; what was said in it is remembered. Not together with history.',
      }),
    history: z
      .array(z.strictObject({ role: z.enum(['user', 'twin']), text: z.string().max(100_000) }))
      .max(200)
      .optional()
      .meta({ description: 'What was said before, oldest first, where the client remembers it.' }),
    ...onlyShape,
    ...wishShape,
  })
  .refine(({ thread, history }) => thread === undefined || history === undefined, {
    path: ['history'],
    error: 'Either a thread, whose history is remembered here, or a history; not both.',
  })
  .meta({ id: 'Ask' });

/** What makes a request that is sent again the same request. */
export const idempotencyHeaders = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/u, { error: 'has 1 to 255 visible ASCII characters' })
    .optional()
    .meta({
      description:
        'Any name of this request, unique per key for 30 days. Sent again, the answer that was given is returned (Idempotency-Replayed: true); 409 while it is being written; 422 with another request.',
    }),
});
