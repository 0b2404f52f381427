import { z } from 'zod';
import { apiScopes } from './port.ts';

export const scopesSchema = z.array(z.enum(apiScopes));

/** What the bearer of a key may see at most. */
export const accessSchema = z
  .object({
    sources: z.array(z.string()).exactOptional(),
    authors: z.array(z.string()).exactOptional(),
    since: z.string().exactOptional(),
  })
  .nullable();
