import { fold } from '../../../stores/features/lexical.ts';
import type { UnderstoodFilter } from '../../types.ts';
import { readable } from '../calendar.ts';
import type { Gazetteer, Named, NamedField } from '../gazetteer.ts';
import type { Vocabulary } from '../vocabulary.ts';
import { wordsOf } from '../words.ts';
import { sanePeriod } from './dates.ts';
import type { Claim } from './shape.ts';

/** Below what the rules are sure of at their least, a name of the thread that the question leaves out (0.42). */
const confidence = { whole: 0.4, short: 0.3, date: 0.4 };
/** Values that one name may stand for ("FOX News" is several sources). */
const mostValues = 8;
/** In UTF-16 units. */
const longestValue = 120;

/**
 * What of a model's claims exists. A value counts if the warehouse stores it, or holds it under that name by the
 * gazetteer's rules; an author that is really a source (or the other way round) is taken for what it is. All else is dropped:
 * a made-up name must neither filter nor become anything.
 */
export function existingFilters(
  claims: readonly Claim[],
  vocabulary: Vocabulary,
  now: string,
): readonly UnderstoodFilter[] {
  const found = new Map<string, UnderstoodFilter>();
  for (const { field, value } of claims) {
    if (field === 'since' || field === 'until') continue;
    const words = value.trim().slice(0, longestValue);
    for (const { named, sure } of heldAs(field, words, vocabulary).slice(0, mostValues)) {
      const key = JSON.stringify(named);
      if (!found.has(key)) found.set(key, { ...named, confidence: sure, words });
    }
  }
  return [...found.values(), ...dateFilters(claims, now)];
}

type Held = { readonly named: Named; readonly sure: number };

function heldAs(field: NamedField, value: string, vocabulary: Vocabulary): readonly Held[] {
  const stored = storedAs(field, value, vocabulary);
  if (stored.length > 0) return stored.map((named) => ({ named, sure: confidence.whole }));
  const alias = aliasOf(value, vocabulary.gazetteer);
  if (!alias) return [];
  const sure = alias.whole ? confidence.whole : confidence.short;
  const same = alias.named.filter((named) => named.field === field);
  const meant =
    same.length > 0 || !isWhose(field) ? same : alias.named.filter((named) => isWhose(named.field));
  return meant.map((named) => ({ named, sure }));
}

const isWhose = (field: NamedField) => field === 'author' || field === 'source';

function storedAs(field: NamedField, value: string, { facets }: Vocabulary): readonly Named[] {
  const wanted = fold(value);
  const isWanted = (each: string) => fold(each) === wanted;
  if (field === 'author') {
    return facets.authors
      .filter(({ id, name }) => isWanted(id) || isWanted(name))
      .map(({ id }) => ({ field, value: id }));
  }
  return facets[`${field}s`]
    .filter(({ name }) => isWanted(name))
    .map(({ name }) => ({ field, value: name }));
}

function aliasOf(value: string, gazetteer: Gazetteer) {
  const words = wordsOf(value).map(({ folded }) => folded);
  return gazetteer
    .get(words[0] ?? '')
    ?.find(
      (alias) =>
        alias.words.length === words.length && alias.words.every((word, at) => word === words[at]),
    );
}

function dateFilters(claims: readonly Claim[], now: string): readonly UnderstoodFilter[] {
  const said = (field: Claim['field']) => claims.find((claim) => claim.field === field)?.value;
  const range = sanePeriod({ since: said('since'), until: said('until') }, now);
  if (!range) return [];
  // The model does not say which words it read it from.
  return [
    { field: 'date', value: readable(range), ...range, confidence: confidence.date, words: '' },
  ];
}
