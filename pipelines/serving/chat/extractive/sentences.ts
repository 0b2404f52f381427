/** Ends of segments that are abbreviations rather than sentences. */
const abbreviation =
  /(?:^|[\s(])(?:e\.g|i\.e|cf|vs|etc|approx|ca|no|nr|fig|sec|ch|pp?|vol|dr|mr|mrs|ms|prof|st|inc|ltd|z\.B|d\.h|bzw|[A-Z])\.\s*$/iu;

const segmenters = new Map<string, Intl.Segmenter>();

/**
 * Sentences of one paragraph, white space collapsed. `Intl.Segmenter` by the passage's language, except
 * that a sentence never ends inside inline code, brackets or an abbreviation.
 */
export function sentences(paragraph: string, language: string | null): string[] {
  const text = paragraph.replace(/\s+/gu, ' ').trim();
  const found: string[] = [];
  let open = '';
  for (const { segment } of segmenterOf(language).segment(text)) {
    open += segment;
    if (abbreviation.test(open) || isOpen(open)) continue;
    found.push(open.trim());
    open = '';
  }
  if (open.trim() !== '') found.push(open.trim());
  return found.filter((sentence) => sentence !== '');
}

/** Whether inline code, a bracket or a parenthesis is still open, within a sane length. */
function isOpen(text: string): boolean {
  if (text.length > 600) return false;
  const count = (mark: string) => text.split(mark).length - 1;
  return count('`') % 2 === 1 || count('(') > count(')') || count('[') > count(']');
}

function segmenterOf(language: string | null): Intl.Segmenter {
  const key = language ?? 'en';
  const known = segmenters.get(key);
  if (known !== undefined) return known;
  const segmenter = new Intl.Segmenter(supported(key), { granularity: 'sentence' });
  segmenters.set(key, segmenter);
  return segmenter;
}

/** A language tag comes from a document: it may be anything. */
function supported(language: string): string {
  try {
    return Intl.Segmenter.supportedLocalesOf(language)[0] ?? 'en';
  } catch {
    return 'en';
  }
}
