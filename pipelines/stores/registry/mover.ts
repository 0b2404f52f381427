import { z } from 'zod';
import type { Mover } from './port.ts';

export const moverSchema: z.ZodType<Mover> = z.union([
  z.strictObject({ gate: z.string(), report: z.string() }),
  z.strictObject({ person: z.string(), reason: z.string() }),
]);

/** Who registered: a release begins as a candidate without anybody's decision. */
export const registration: Mover = { person: 'registry', reason: 'registered' };
