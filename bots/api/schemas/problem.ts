import { z } from 'zod';

/** RFC 9457 with the members we add. */
export const problemSchema = z
  .object({
    type: z.string().meta({
      description: 'Stable URN of the kind of problem.',
      examples: ['urn:understudy:problem:rate.person'],
    }),
    title: z.string().meta({ description: 'What kind of problem this is, for people.' }),
    status: z.int().min(400).max(599).meta({ description: 'The HTTP status.' }),
    detail: z.string().meta({ description: 'What happened to this request, for people.' }),
    instance: z.string().meta({ description: 'URN of this one request.' }),
    code: z.string().meta({
      description: 'Stable name of the problem, for programs.',
      examples: ['rate.person'],
    }),
    hint: z.string().nullable().meta({ description: 'What to do about it, where that is known.' }),
    requestId: z.string().meta({ description: 'The same as in the header X-Request-Id.' }),
    retryAfterMs: z
      .int()
      .min(0)
      .optional()
      .meta({ description: 'Earliest sensible retry, milliseconds from now.' }),
    trace: z.string().optional().meta({ description: 'Trace of the answer that failed.' }),
    errors: z
      .array(
        z.object({
          pointer: z.string().meta({ description: 'JSON pointer to what is wrong.' }),
          detail: z.string(),
        }),
      )
      .optional()
      .meta({ description: 'What is wrong with the request, one by one.' }),
  })
  .meta({ id: 'Problem', description: 'A failure, as RFC 9457 describes it.' });

export type ProblemBody = z.infer<typeof problemSchema>;

const described = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: problemSchema } },
});

/** How every route that is not OpenAI's may fail. */
export const problems = {
  '4xx': described('The request cannot be served as it is; `code` and `hint` say why.'),
  '5xx': described('Something failed on this side; `retryAfterMs` says whether to come back.'),
} as const;
