import { contentStems, stems } from './terms.ts';

/** What a question asks for, read off its words. */
export type Asked = {
  /** Stems that carry its meaning, unique, in order. */
  readonly terms: readonly string[];
  /** 0 … 1 by term: how much of the question rests on it; sums to 1. */
  readonly weights: ReadonlyMap<string, number>;
  readonly wants: ReadonlySet<'steps' | 'date' | 'person' | 'number' | 'definition' | 'reason'>;
  /** The two sides of a comparison, as stems that belong to one side only; empty when it is none. */
  readonly sides: readonly ReadonlySet<string>[];
  /** Names and numbers as they stand in the question; an answer about something else has others. */
  readonly entities: readonly string[];
};

const cues: readonly (readonly [
  RegExp,
  'steps' | 'date' | 'person' | 'number' | 'definition' | 'reason',
])[] = [
  [
    /\bhow (?:do|can|should|would|to|does one)\b|\b(?:command|steps|set up|install|configure|run)\b/iu,
    'steps',
  ],
  [
    /\b(?:when|since when|what (?:date|day|year|time)|which (?:date|day|year)|how (?:old|recent))\b/iu,
    'date',
  ],
  [/\bwho(?:m|se)?\b/iu, 'person'],
  [
    /\bhow (?:many|much|long|big|large|fast|often|far|high|small|few)\b|\b(?:number|percentage|share|rate|size|figures?)\b/iu,
    'number',
  ],
  [
    /^\W*(?:so\s+)?(?:what(?:['’]s| is| are| was| were| does)|which \w+ (?:is|are)|define)\b/iu,
    'definition',
  ],
  [/\bwhy\b|\breasons?\b|\bhow come\b/iu, 'reason'],
];

const comparison =
  /\b(?:compare[ds]?|comparison|difference|differs?|different|versus|vs|than|better|worse|rather|instead|both|each|or)\b/iu;

/** What stands between the two sides of a comparison. */
const divider = /\s+(?:or|versus|vs\.?|and|than|compared (?:to|with)|from|with|against)\s+/iu;

/**
 * @param idf how rare a stem is in the corpus; unknown stems are the rarest
 * @param languages of the passages, for their stop words
 * @param conditions words that retrieval has already made filters of
 */
export function readQuestion(
  question: string,
  idf: (stem: string) => number,
  {
    languages = [],
    conditions = [],
  }: { readonly languages?: readonly string[]; readonly conditions?: readonly string[] } = {},
): Asked {
  const met = new Set(conditions.flatMap(stems));
  const all = contentStems(question, languages);
  const open = all.filter((term) => !met.has(term));
  const terms = open.length > 0 ? open : all;
  const raw = terms.map((term) => Math.max(idf(term), 0.1));
  const total = raw.reduce((sum, weight) => sum + weight, 0) || 1;
  const named = entitiesOf(question, new Set(terms));
  return {
    terms,
    weights: new Map(terms.map((term, index) => [term, (raw[index] ?? 0) / total])),
    wants: new Set(cues.filter(([cue]) => cue.test(question)).map(([, want]) => want)),
    sides: comparison.test(question) ? sidesOf(question, new Set(terms), new Set(named)) : [],
    entities: named,
  };
}

/** "Slack and Discord deadlines": what is named on a side stands for it, else all its words do. */
function sidesOf(
  question: string,
  content: ReadonlySet<string>,
  named: ReadonlySet<string>,
): ReadonlySet<string>[] {
  const [left, ...rest] = question.split(divider);
  if (left === undefined || rest.length === 0) return [];
  const sides = [left, rest.join(' ')].map(
    (side) => new Set(stems(side).filter((stem) => content.has(stem))),
  );
  const [first, second] = sides;
  if (first === undefined || second === undefined) return [];
  const only = [first.difference(second), second.difference(first)];
  if (only.some((side) => side.size === 0)) return [];
  const names = only.map((side) => side.intersection(named));
  return names.every((side) => side.size > 0) ? names : only;
}

/** Capitalised words past the first, words with digits, and numbers. */
function entitiesOf(question: string, content: ReadonlySet<string>): string[] {
  const found = question.match(/[\p{L}\p{N}][\p{L}\p{N}._-]*/gu) ?? [];
  return found
    .map((word) => word.replace(/[._-]+$/u, ''))
    .filter(
      (word, index) => /\p{N}/u.test(word) || (index > 0 && /^\p{Lu}/u.test(word) && word !== 'I'),
    )
    .flatMap(stems)
    .filter((term) => content.has(term));
}
