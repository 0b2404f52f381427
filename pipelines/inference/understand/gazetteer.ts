import { stopWordsFor } from '../../stores/features/lexical.ts';
import type { Facets } from '../../stores/warehouse/port.ts';
import type { UnderstoodFilter } from '../types.ts';
import { wordsOf } from './words.ts';

export type NamedField = Exclude<UnderstoodFilter['field'], 'date'>;

/** Something the warehouse holds under a name: a value of one field. */
export type Named = { readonly field: NamedField; readonly value: string };

/** A way to say one or more of them; several when a short form is ambiguous ("FOX News"). */
export type Alias = {
  readonly words: readonly string[];
  readonly named: readonly Named[];
  /** Whether this is the whole name or a shorter form. */
  readonly whole: boolean;
  /** Whether the words would be taken for ordinary ones if nothing spoke for a name. */
  readonly plain: boolean;
};

/** Aliases by their first word, longest first. */
export type Gazetteer = ReadonlyMap<string, readonly Alias[]>;

const kindWords: Readonly<Record<string, readonly string[]>> = {
  post: ['post', 'posts', 'blog post', 'blog posts'],
  article: ['article', 'articles'],
  repository: ['repository', 'repositories', 'repo', 'repos'],
  note: ['note', 'notes'],
};

/**
 * Every way we know to name what the warehouse really holds: what is not there is not recognised.
 * Persons by full name, and by first or last name where only one person has it; sources by name, by what
 * stands before a separator ("Live Science: …"), without "The", and without their domain's end.
 */
export function gazetteerOf(facets: Facets): Gazetteer {
  const forms = [
    ...facets.authors.flatMap(({ id, name }) => authorForms({ field: 'author', value: id }, name)),
    ...facets.sources.flatMap(({ name }) => sourceForms({ field: 'source', value: name })),
    ...facets.platforms.flatMap(({ name }) => whole({ field: 'platform', value: name }, name)),
    ...facets.kinds.flatMap(({ name }) =>
      (kindWords[name] ?? [name]).flatMap((form) => whole({ field: 'kind', value: name }, form)),
    ),
    ...facets.languages.flatMap(({ name }) => languageForms({ field: 'language', value: name })),
  ];
  return byFirstWord(merged(forms));
}

type Form = { readonly words: readonly string[]; readonly named: Named; readonly whole: boolean };

const split = (name: string) => wordsOf(name).map(({ folded }) => folded);
const whole = (named: Named, name: string): Form[] => [{ words: split(name), named, whole: true }];
const short = (named: Named, words: readonly string[]): Form => ({ words, named, whole: false });

function authorForms(named: Named, name: string): Form[] {
  const [surname = '', given] = name.split(',', 2);
  const ordered = given === undefined ? name : `${given} ${surname}`;
  const words = split(ordered).filter((word, _, all) => word.length > 1 || all.length === 1);
  const forms = [...whole(named, name), { words, named, whole: true }];
  const first = words.at(0);
  const last = given === undefined ? words.at(-1) : split(surname).at(-1);
  for (const part of new Set([first, last])) {
    if (part && part.length >= 3 && words.length > 1) forms.push(short(named, [part]));
  }
  return forms;
}

function sourceForms(named: Named): Form[] {
  const name = named.value;
  const forms = whole(named, name);
  const head = name.split(/\s+[|–—·-]\s+|:\s+/u)[0] ?? name;
  const bare = head
    .replace(/^(?:https?:\/\/)?(?:www\.)?/iu, '')
    .replace(/^([^\s/]+?)\.[a-z]{2,6}(?:\.[a-z]{2})?$/iu, '$1');
  for (const form of [head, bare, bare.replace(/^the\s+/iu, '')]) {
    const words = split(form);
    if (words.length > 0 && words.join('').length >= 3) forms.push(short(named, words));
  }
  return forms;
}

function languageForms(named: Named): Form[] {
  const names = ['en', named.value].flatMap((locale) => {
    try {
      return [new Intl.DisplayNames(locale, { type: 'language' }).of(named.value) ?? ''];
    } catch {
      return [];
    }
  });
  return [...new Set(names)].flatMap((name) => whole(named, name));
}

/** One alias per wording. A person's short name that two people share names neither. */
function merged(forms: readonly Form[]): Alias[] {
  const byWording = Map.groupBy(
    forms.filter(({ words }) => words.length > 0),
    ({ words }) => words.join(' '),
  );
  const stopWords = stopWordsFor([]);
  return [...byWording.values()].flatMap((same) => {
    const best = same.some((form) => form.whole) ? same.filter((form) => form.whole) : same;
    const named = [
      ...new Map(best.map((form) => [JSON.stringify(form.named), form.named])).values(),
    ];
    const ambiguous = !best[0]?.whole && named.filter(({ field }) => field === 'author').length > 1;
    const kept = ambiguous ? named.filter(({ field }) => field !== 'author') : named;
    const words = best[0]?.words ?? [];
    const telling = words.filter((word) => !stopWords.has(word));
    if (kept.length === 0 || telling.length === 0) return [];
    return [{ words, named: kept, whole: best[0]?.whole ?? false, plain: telling.length === 1 }];
  });
}

function byFirstWord(aliases: readonly Alias[]): Gazetteer {
  const grouped = Map.groupBy(aliases, ({ words }) => words[0] ?? '');
  for (const group of grouped.values()) group.sort((a, b) => b.words.length - a.words.length);
  return grouped;
}
