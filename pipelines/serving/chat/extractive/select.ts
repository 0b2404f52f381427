import type { Asked } from './question.ts';
import type { ScoredUnit } from './score.ts';
import type { Unit } from './units.ts';

/** How much is said, and how good it has to be. */
export type Bounds = {
  readonly units: number;
  readonly words: number;
  /** A further unit must reach this share of the best one's score … */
  readonly worthSaying: number;
};

/** Chosen on the dev split of the handbook's golden set. */
const usual: Bounds = { units: 4, words: 90, worthSaying: 0.6 };
/** … after this much of it is taken off for being like what is already said. */
const redundancy = 0.2;

/**
 * Picks few units that are good and different: maximal marginal relevance (Carbonell and Goldstein 1998)
 * over stems, within a budget of words. A comparison gets at least one unit from each side where there is one.
 *
 * @param scored best first
 */
export function select(scored: readonly ScoredUnit[], asked: Asked): ScoredUnit[] {
  const [best] = scored;
  if (best === undefined) return [];
  const chosen = [best];
  for (const side of asked.sides) {
    if (chosen.some(({ unit }) => touches(unit, side))) continue;
    const other = scored.find(
      (candidate) => touches(candidate.unit, side) && candidate.score >= 0.4 * best.score,
    );
    if (other !== undefined) chosen.push(other);
  }
  return extend(chosen, scored, usual);
}

/** `chosen` and after it what else is worth saying within the bounds; nothing of it is taken back. */
export function extend(
  chosen: readonly ScoredUnit[],
  scored: readonly ScoredUnit[],
  { units, words, worthSaying }: Bounds,
): ScoredUnit[] {
  const all = [...chosen];
  const least = (all[0]?.score ?? 0) * worthSaying;
  let left = words - all.reduce((sum, { unit }) => sum + unit.length, 0);
  while (all.length < units) {
    const next = nextBest(scored, all, least, left);
    if (next === undefined) break;
    all.push(next);
    left -= next.unit.length;
  }
  return all;
}

function nextBest(
  scored: readonly ScoredUnit[],
  chosen: readonly ScoredUnit[],
  least: number,
  wordsLeft: number,
): ScoredUnit | undefined {
  let found: ScoredUnit | undefined;
  let most = Number.NEGATIVE_INFINITY;
  for (const candidate of scored) {
    if (candidate.score < least) break;
    if (candidate.unit.length > wordsLeft || chosen.includes(candidate)) continue;
    const alike = Math.max(...chosen.map((other) => overlap(candidate.unit, other.unit)));
    if (alike > 0.7) continue;
    const marginal = candidate.score - redundancy * alike * candidate.score;
    if (marginal >= least && marginal > most) [found, most] = [candidate, marginal];
  }
  return found;
}

/** Share of the shorter unit's distinct stems that the other has too. */
function overlap(a: Unit, b: Unit): number {
  const [first, second] = [new Set(a.stems), new Set(b.stems)];
  return first.intersection(second).size / Math.max(1, Math.min(first.size, second.size));
}

function touches(unit: Unit, side: ReadonlySet<string>): boolean {
  return unit.stems.some((stem) => side.has(stem)) || !side.isDisjointFrom(unit.context);
}
