import type { AnswerLength } from '../port.ts';
import type { Asked } from './question.ts';
import type { ScoredUnit } from './score.ts';
import { type Bounds, extend } from './select.ts';

/** A second sentence is part of a short answer when both together stay within this share of the usual one. */
const shortShare = 0.5;

const long: Bounds = { units: 9, words: 240, worthSaying: 0.55 };

/**
 * The usual choice made shorter or longer. A short one is its beginning, a long one begins with it: so the
 * same is said, in fewer words or with more around it.
 *
 * @param chosen as `select` left it: the best first
 * @param scored all there is, best first
 */
export function atLength(
  chosen: readonly ScoredUnit[],
  scored: readonly ScoredUnit[],
  asked: Asked,
  length: AnswerLength | undefined,
): readonly ScoredUnit[] {
  if (length === 'short') return shortened(chosen, asked);
  if (length === 'long') return extend(chosen, scored.filter(isAboutIt(chosen)), long);
  return chosen;
}

/** One sentence, or two; a comparison keeps the other side, without which it would be none. */
function shortened(chosen: readonly ScoredUnit[], { sides }: Asked): readonly ScoredUnit[] {
  const words = (some: readonly ScoredUnit[]) =>
    some.reduce((sum, { unit }) => sum + unit.length, 0);
  const two = chosen.slice(0, 2);
  const fit = words(two) <= shortShare * words(chosen);
  return fit || sides.length > 0 ? two : chosen.slice(0, 1);
}

/** Further sentences have to speak of it themselves: standing under the right heading is not enough. */
function isAboutIt(chosen: readonly ScoredUnit[]): (candidate: ScoredUnit) => boolean {
  const speaks = chosen.some(({ matched }) => matched.size > 0);
  return ({ matched, unit }) => !speaks || matched.size > 0 || unit.answers;
}
