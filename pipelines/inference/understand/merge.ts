import { queryTerms, stem } from '../../stores/features/lexical.ts';
import type { QueryTerm } from '../../stores/features/port.ts';
import type { RetrievalSettings } from '../retrieve/settings.ts';
import type { UnderstoodFilter } from '../types.ts';
import type { ModelReading } from './reader.ts';
import { tellingTerms } from './rewrite.ts';
import type { Understood } from './understand.ts';

/** Something searched for besides the question. */
export type OtherSearch = {
  readonly text: string;
  readonly terms: readonly QueryTerm[];
  /** Part of a comparison or of an order of events: none of them may be missing from what is found. */
  readonly isStep: boolean;
};

export type Reread = Understood & {
  readonly searches: readonly OtherSearch[];
  /** Filters that the rules had not read. */
  readonly added: readonly UnderstoodFilter[];
};

/** How much a word of the model's rewrite counts against one of the question's own; as carried-over words do. */
const rewriteWeight = 0.5;
const mostRewriteTerms = 12;

/**
 * What the rules understood, with what a model read besides, where one did. The rules come first: the model's filters count only for
 * fields of which the rules read none. Its rewrite takes the place of the words carried over from the thread.
 */
export function withReading(
  rules: Understood,
  reading: ModelReading | undefined,
  { selfQuery, model }: Pick<RetrievalSettings, 'selfQuery' | 'model'>,
  languages: readonly string[],
): Reread {
  if (!reading) return { ...rules, searches: [], added: [] };
  const { understanding, terms } = rules;
  const said = new Set(understanding.filters.map(({ field }) => field));
  const added =
    selfQuery && model.selfQuery ? reading.filters.filter(({ field }) => !said.has(field)) : [];
  const rewrite = model.rewrite ? reading.rewritten : null;
  const own = terms.filter(({ weight }) => weight >= 1);
  const asked = rewrite === null ? terms : [...own, ...wordsAdded(rewrite, own)];
  const steps = reading.steps.slice(0, model.steps);
  const rewordings = reading.rewordings.slice(0, model.rewordings);
  const queries = [...steps, ...rewordings];
  const question = new Set(stemsOf(`${understanding.question} ${rewrite ?? ''}`));
  const other = (text: string, isStep: boolean): OtherSearch => ({
    text,
    terms: queryTerms(text, { languages }),
    // A step takes places in what is returned, so it has to be of the question; else it is one more wording.
    isStep: isStep && stemsOf(text).some((each) => question.has(each)),
  });
  return {
    understanding: {
      ...understanding,
      rewritten: rewrite ?? understanding.rewritten,
      filters: [...understanding.filters, ...added],
      ...(queries.length > 0 && { queries }),
    },
    terms: asked,
    added,
    searches: [
      ...(rewrite === null ? [] : [{ text: rewrite, terms: asked, isStep: false }]),
      ...steps.map((text) => other(text, true)),
      ...rewordings.map((text) => other(text, false)),
    ],
  };
}

const stemsOf = (text: string) => tellingTerms(text).map(({ term }) => stem(term));

function wordsAdded(rewrite: string, own: readonly QueryTerm[]): readonly QueryTerm[] {
  const known = new Set(own.map(({ term }) => stem(term)));
  const added = new Map(
    tellingTerms(rewrite)
      .filter(({ term }) => !known.has(stem(term)))
      .map(({ term }) => [stem(term), { term, weight: rewriteWeight }]),
  );
  return [...added.values()].slice(0, mostRewriteTerms);
}
