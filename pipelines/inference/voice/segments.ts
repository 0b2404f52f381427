export type Word = { readonly text: string; readonly start: number; readonly end: number };

export type Segments = {
  sentences(paragraph: string): readonly string[];
  /** What the language counts as words; digits too. */
  words(sentence: string): readonly Word[];
};

/** Ends that are abbreviations rather than sentences. */
const abbreviation =
  /(?:^|[\s(])(?:e\.g|i\.e|cf|vs|etc|approx|ca|no|nr|fig|dr|mr|mrs|ms|prof|st|z\.B|d\.h|bzw|[A-Z])\.\s*$/iu;

const known = new Map<string, Segments>();
/** A language tag comes from a document: there may be any number of them. */
const mostKnown = 32;

/** By the rules of the language (Unicode UAX 29, with dictionaries for those written without spaces). */
export function segmentsOf(language: string | null): Segments {
  const locale = supported(language);
  const kept = known.get(locale);
  if (kept !== undefined) return kept;
  const bySentence = new Intl.Segmenter(locale, { granularity: 'sentence' });
  const byWord = new Intl.Segmenter(locale, { granularity: 'word' });
  const segments: Segments = {
    sentences(paragraph) {
      const found: string[] = [];
      let open = '';
      for (const { segment } of bySentence.segment(paragraph)) {
        open += segment;
        if (abbreviation.test(open)) continue;
        found.push(open.trim());
        open = '';
      }
      return [...found, open.trim()].filter((sentence) => sentence !== '');
    },
    words: (sentence) =>
      Array.from(byWord.segment(sentence)).flatMap(({ segment, index, isWordLike }) =>
        isWordLike ? [{ text: segment, start: index, end: index + segment.length }] : [],
      ),
  };
  if (known.size < mostKnown) known.set(locale, segments);
  return segments;
}

function supported(language: string | null): string {
  try {
    return Intl.Segmenter.supportedLocalesOf(language ?? 'en')[0] ?? 'en';
  } catch {
    return 'en';
  }
}
