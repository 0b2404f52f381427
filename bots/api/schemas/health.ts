import { z } from 'zod';

export const healthSchema = z.object({ status: z.literal('ok') }).meta({ id: 'Health' });

export const readySchema = z
  .object({
    status: z.enum(['ready', 'not-ready', 'draining']),
    checks: z.array(z.object({ name: z.string(), ok: z.boolean() })),
  })
  .meta({ id: 'Ready' });
