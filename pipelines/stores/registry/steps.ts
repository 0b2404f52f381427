import { z } from 'zod';
import { moverSchema } from './mover.ts';
import type { Move } from './port.ts';
import { type Release, releaseSchema, stages } from './release.ts';

const stage = z.enum(stages);

const lineSchema = z.object({
  sequence: z.number().int().positive(),
  release: z.string(),
  from: stage.nullable(),
  to: stage,
  by: moverSchema,
  at: z.string(),
});

/**
 * What happened to a twin's ledger at once, as one document: one line, or two where a release took another's place.
 * A registration carries its release too, so that there is never the one without the other.
 */
export const stepSchema = z.object({
  /** The twin and the first line's sequence: of all who write the next step, one finds it free. */
  _id: z.string(),
  twin: z.string(),
  first: z.number().int().positive(),
  moves: z.array(lineSchema).min(1).max(2),
  registered: z.object({ id: z.string(), createdAt: z.string(), spec: z.string() }).exactOptional(),
  /** Which release stands where only one can, after this step. */
  stands: z.object({ production: z.string().nullable(), canary: z.string().nullable() }),
});
export type Step = z.infer<typeof stepSchema>;

/** A step that comes after `last`, the twin's latest. */
export function stepAfter(
  last: Step | undefined,
  twin: string,
  lines: readonly Omit<Move, 'sequence' | 'twin' | 'at'>[],
  at: string,
): Step {
  const first = sequenceAfter(last) + 1;
  const stands = { production: null, canary: null, ...last?.stands };
  for (const { release, to } of lines) {
    if (stands.production === release) stands.production = null;
    if (stands.canary === release) stands.canary = null;
    if (to === 'production' || to === 'canary') stands[to] = release;
  }
  const moves = lines.map((line, index) => ({ ...line, sequence: first + index, at }));
  return { _id: `${twin}#${first}`, twin, first, moves, stands };
}

/** Where the ledger stands after a step. */
export const sequenceAfter = (step: Step | undefined): number => step?.moves.at(-1)?.sequence ?? 0;

export const movesOf = ({ twin, moves }: Pick<Step, 'twin' | 'moves'>): readonly Move[] =>
  moves.map((line) => ({ ...line, twin }));

export const releaseOf = ({ id, createdAt, spec }: NonNullable<Step['registered']>): Release => ({
  ...releaseSchema.parse(JSON.parse(spec)),
  id,
  createdAt,
});
