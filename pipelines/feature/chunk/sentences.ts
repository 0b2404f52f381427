/** A stretch of text by its UTF-16 offsets: `[start, end)`. */
export type Span = { readonly start: number; readonly end: number };

const segmenters = new Map<string, Intl.Segmenter>();

function segmenter(language: string | null): Intl.Segmenter {
  const key = language ?? 'en';
  const known = segmenters.get(key);
  if (known) return known;
  let made: Intl.Segmenter;
  try {
    made = new Intl.Segmenter(key, { granularity: 'sentence' });
  } catch {
    made = new Intl.Segmenter('en', { granularity: 'sentence' });
  }
  segmenters.set(key, made);
  return made;
}

/** Full stops of these do not end a sentence, whatever follows. */
const abbreviation =
  /(?:^|[\s(["'“‘])(?:mr|mrs|ms|dr|prof|sr|jr|st|gen|col|sen|rep|gov|rev|e\.g|i\.e|cf|viz|vs|etc|al|approx|resp|fig|figs|eq|eqs|sec|ch|vol|no|nos|pp|p|ed|eds|inc|ltd|co|corp|dept|est|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec|z\.b|d\.h|bzw|ca|nr|bspw|p\.ex|m|mme|núm|pág)\.$/iu;
/** Initials of a name; the pronoun `I` is a word. */
const initial = /(?:^|[\s(."“])(?!I\.)\p{Lu}\.$/u;
/** These may well end one, and do before a capital letter. */
const endsEither = /(?:^|\s)(?:etc|inc|ltd|co|corp|jr|sr|no|al)\.$/iu;
const closesSentence = /[.!?…。！？؟۔।॥։።]["'”’»)\]*_`]*\s*$/u;
const wideEnd = /[。！？]["'”’»」』）)\]]*$/u;

/**
 * Sentences of one paragraph; together they cover it without gaps.
 *
 * `Intl.Segmenter` (Unicode UAX #29) decides, over text in which soft line breaks are blanks and links,
 * URLs and inline code are opaque words; what it gets wrong is joined again: abbreviations, initials,
 * and stops inside a word (`Node.js`, `?page=2`).
 */
export function sentences(
  text: string,
  start: number,
  end: number,
  language: string | null,
): Span[] {
  const masked = mask(text.slice(start, end));
  const spans: Span[] = [];
  let from = 0;
  for (const { index, segment } of segmenter(language).segment(masked)) {
    const stop = index + segment.length;
    if (stop < masked.length && !mayEnd(segment, masked, stop)) continue;
    spans.push({ start: start + from, end: start + stop });
    from = stop;
  }
  if (from < masked.length) spans.push({ start: start + from, end });
  return spans;
}

const opaque =
  /`+[^`\n]+`+|\[[^[\]]{0,300}\]\([^()\s]{0,2000}\)|<?https?:\/\/[^\s<>]*[^\s<>.,;:!?)\]"']|[\w.+-]{1,64}@[\w-]{1,64}\.\w+/g;

/** The text, unit for unit, with soft breaks as blanks and inline code, links and URLs as one word. */
function mask(text: string): string {
  const flat = text.replace(/[\n\r\u0085\u2028\u2029]/g, ' ');
  return flat.replace(opaque, (found) => 'X'.repeat(found.length));
}

function mayEnd(segment: string, masked: string, stop: number): boolean {
  const ending = segment.trimEnd();
  if (ending.length === segment.length) return wideEnd.test(ending);
  if (!closesSentence.test(ending)) return false;
  const tail = ending.slice(-16);
  if (initial.test(tail)) return false;
  if (!abbreviation.test(tail)) return true;
  return endsEither.test(tail) && /^\p{Lu}/u.test(masked.slice(stop, stop + 2));
}
