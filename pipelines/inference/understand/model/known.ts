import { tokens } from '../../../stores/features/lexical.ts';
import type { Count, Facets } from '../../../stores/warehouse/port.ts';

/** Names that the model may use as values, as the prompt shows them. */
export type Known = {
  readonly [Field in
    | 'authors'
    | 'sources'
    | 'platforms'
    | 'kinds'
    | 'languages']: readonly string[];
};

/** Names in the prompt, all fields together: some 300 tokens. */
const mostNames = 60;
const mostPlatforms = 6;
const mostLanguages = 6;
/** Of authors and of sources, those with most documents, that a question is compared with. */
const mostCompared = 1_500;
/** Longer names are left out: nobody writes them, and they would fill the prompt. In UTF-16 units. */
const longestName = 80;

/**
 * The warehouse's names for the prompt, at most sixty. Where there are more authors and sources than that, those
 * that resemble words of the question (or its thread) most go first, then those with most documents.
 */
export function nameLister(): (facets: Facets, text: string) => Known {
  const read = new WeakMap<Facets, Names>();
  return (facets, text) => {
    const names = read.get(facets) ?? namesOf(facets);
    read.set(facets, names);
    const { fields, authors, sources, room } = names;
    if (authors.length + sources.length <= room) {
      return { authors: authors.map(nameOf), sources: sources.map(nameOf), ...fields };
    }
    const asked = new Set(tokens(text).flatMap(trigrams));
    // What one field does not need of its half is the other's.
    const half = Math.floor(room / 2);
    const forAuthors = Math.min(authors.length, Math.max(half, room - sources.length));
    return {
      authors: nearest(authors, asked, forAuthors),
      sources: nearest(sources, asked, room - forAuthors),
      ...fields,
    };
  };
}

/** A name with the letter trigrams of each of its words. */
type Spelt = { readonly name: string; readonly words: readonly (readonly string[])[] };

type Names = {
  readonly fields: Pick<Known, 'platforms' | 'kinds' | 'languages'>;
  readonly authors: readonly Spelt[];
  readonly sources: readonly Spelt[];
  /** How many authors and sources may be listed. */
  readonly room: number;
};

/** Read once for each state of the warehouse. */
function namesOf({ platforms, kinds, languages, authors, sources }: Facets): Names {
  const fields = {
    platforms: distinct(platforms).slice(0, mostPlatforms),
    kinds: distinct(kinds),
    languages: distinct(languages).slice(0, mostLanguages),
  };
  const listed = Object.values(fields).reduce((sum, names) => sum + names.length, 0);
  return { fields, authors: spelt(authors), sources: spelt(sources), room: mostNames - listed };
}

const nameOf = ({ name }: Spelt) => name;

const distinct = (counts: readonly Pick<Count, 'name'>[]): readonly string[] => [
  ...new Set(counts.map(({ name }) => name).filter((name) => name.length <= longestName)),
];

const spelt = (counts: readonly Pick<Count, 'name'>[]): readonly Spelt[] =>
  distinct(counts)
    .slice(0, mostCompared)
    .map((name) => ({ name, words: tokens(name).map(trigrams) }));

function nearest(
  names: readonly Spelt[],
  asked: ReadonlySet<string>,
  most: number,
): readonly string[] {
  return names
    .map(({ name, words }) => ({ name, close: closeness(words, asked) }))
    .sort((a, b) => b.close - a.close)
    .slice(0, most)
    .map(({ name }) => name);
}

/** Share of its best word's trigrams that are asked for: 0 … 1. A typing error leaves most of them. */
function closeness(words: Spelt['words'], asked: ReadonlySet<string>): number {
  let best = 0;
  for (const grams of words) {
    let shared = 0;
    for (const gram of grams) if (asked.has(gram)) shared++;
    best = Math.max(best, shared / grams.length);
  }
  return best;
}

function trigrams(word: string): string[] {
  const padded = `^${word}$`;
  return Array.from({ length: padded.length - 2 }, (_, at) => padded.slice(at, at + 3));
}
