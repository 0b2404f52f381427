import type { Asked } from './question.ts';
import { opens, type Unit } from './units.ts';

export type ScoredUnit = {
  readonly unit: Unit;
  /** About 0 … 1.2, higher is better; comparable within one question. */
  readonly score: number;
  /** Question terms it contains itself. */
  readonly matched: ReadonlySet<string>;
};

const datePattern =
  /\b(?:19|20)\d{2}\b|\b\d{1,2}[./]\d{1,2}\b|\b(?:january|february|march|april|may|june|july|august|september|october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday|yesterday|spring|summer|autumn|winter)\b/iu;
const numberPattern =
  /\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand|million|half|third|quarter|none|percent)\b/iu;
const namePattern = /(?:^|[^.!?:]\s+)\p{Lu}[\p{Ll}]+/u;
const reasonPattern =
  /\b(?:because|since|therefore|so that|reason|due to|otherwise|this is why|that is why)\b/iu;

/** Chosen on the dev split of the handbook's golden set. */
const scoreWeights = {
  /** Question terms, by weight, that the unit holds itself … */
  own: 0.55,
  /** … that only the sentence before it holds, in the same paragraph … */
  before: 0.08,
  /** … or the question or announcement that it follows … */
  answered: 0.5,
  /** … and that only stand in the headings, title, author and date above it. */
  above: 0.45,
  close: 0.06,
  passage: 0.28,
  shape: 0.2,
  awkward: 0.06,
};

/**
 * How well one unit answers: the question's terms it covers by weight, less for terms that stand beside
 * or above it, how close together they are, the passage's retrieval score, and whether it has the shape
 * of what was asked for (a code block for "how", a number for "how many" …).
 */
export function scoreUnit(unit: Unit, asked: Asked): ScoredUnit {
  const own = new Set(unit.stems);
  const matched = new Set(asked.terms.filter((term) => own.has(term)));
  const shared = { own: 0, before: 0, above: 0 };
  for (const term of asked.terms) {
    const weight = asked.weights.get(term) ?? 0;
    if (matched.has(term)) shared.own += weight;
    else if (unit.before.has(term)) shared.before += weight;
    else if (unit.context.has(term)) shared.above += weight;
  }
  const score =
    scoreWeights.own * shared.own +
    (unit.answers ? scoreWeights.answered : scoreWeights.before) * shared.before +
    scoreWeights.above * shared.above +
    scoreWeights.close * closeness(unit.stems, matched) * shared.own +
    scoreWeights.passage * unit.passage.score +
    scoreWeights.shape * shape(unit, asked) -
    scoreWeights.awkward * awkwardness(unit);
  return { unit, score, matched };
}

/** 0 … 1: the number of matched terms over the shortest run of stems that holds them all. */
function closeness(all: readonly string[], matched: ReadonlySet<string>): number {
  if (matched.size < 2) return 0;
  const counts = new Map<string, number>();
  let shortest = Number.POSITIVE_INFINITY;
  let from = 0;
  all.forEach((stem, to) => {
    if (!matched.has(stem)) return;
    counts.set(stem, (counts.get(stem) ?? 0) + 1);
    while (counts.size === matched.size) {
      shortest = Math.min(shortest, to - from + 1);
      const first = all[from] ?? '';
      const left = counts.get(first);
      if (left === 1) counts.delete(first);
      else if (left !== undefined) counts.set(first, left - 1);
      from += 1;
    }
  });
  return matched.size / shortest;
}

/** 0 … 1: whether it looks like the kind of answer that was asked for. */
function shape({ kind, text }: Unit, { wants, terms }: Asked): number {
  let fits = 0;
  if (wants.has('steps') && (kind === 'code' || /^\d+[.)]\s/u.test(text))) fits += 1;
  if (wants.has('steps') && kind === 'sentence' && /`[^`]+`/u.test(text)) fits += 0.5;
  if (wants.has('date') && datePattern.test(text)) fits += 1;
  if (wants.has('number') && numberPattern.test(text)) fits += 1;
  if (wants.has('person') && namePattern.test(text)) fits += 0.5;
  if (wants.has('reason') && reasonPattern.test(text)) fits += 1;
  if (wants.has('definition') && defines(text, terms)) fits += 1;
  return Math.min(1, fits);
}

/** "A tombstone is …", "**Chunk**: …", "Tombstone means …": the thing first, then what it is. */
function defines(text: string, terms: readonly string[]): boolean {
  const before =
    /^(.{2,60}?)\s*(?:\b(?:is|are|was|were|means|stands for|refers to)\b|:|—|\|)/iu.exec(text)?.[1];
  if (before === undefined) return false;
  const start = before.toLowerCase();
  return terms.some((term) => start.includes(term.slice(0, Math.max(3, term.length - 1))));
}

/** Whether it may be quoted for its own sake: a question or an announcement is no answer. */
export function isQuotable({ kind, text }: Unit): boolean {
  return kind !== 'sentence' || !opens(text);
}

/** 0 … 1: too short to say anything, too long to quote, or hanging on what came before. */
function awkwardness({ kind, length, leansBack }: Unit): number {
  let cost = 0;
  if (kind === 'sentence' && length < 5) cost += 0.6;
  if (length > 45 && kind !== 'code') cost += Math.min(0.6, (length - 45) / 60);
  if (leansBack && kind === 'sentence') cost += 0.35;
  return Math.min(1, cost);
}
