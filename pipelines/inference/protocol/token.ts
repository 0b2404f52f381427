import { z } from 'zod';
import { optional } from '../../variables.ts';

/** What askers and services hold in common; as long as what cannot be guessed. */
export const tokenShape = {
  INFERENCE_TOKEN: optional(
    z.string().min(16, { error: 'is too short to be a secret: 16 characters at least' }),
  ),
};
