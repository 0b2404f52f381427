import { z } from 'zod';

export const feedbackBodySchema = z
  .strictObject({
    trace: z.uuid().meta({ description: 'Id of the answer’s trace.' }),
    value: z.enum(['up', 'down']),
    reason: z.string().trim().max(1_000).nullable().default(null),
  })
  .meta({ id: 'Feedback', description: 'A thumb on an answer; the later one of a key counts.' });
