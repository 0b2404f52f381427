/** A place where words may be cut, and how good a place it is. */
export type Cut = {
  readonly offset: number;
  readonly kind: 'sentence' | 'word' | 'cluster';
  /** Outside of any formatting, within the words of some, or within its marks and addresses. */
  readonly place: 'outside' | 'inside' | 'marks';
};

/** A stretch that is formatted: `words` are what it formats, the rest are marks. */
export type Stretch = {
  readonly start: number;
  readonly end: number;
  readonly words: { readonly start: number; readonly end: number };
};

const unspaced =
  /[\s\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}。、！？]$/u;

/** Every grapheme boundary of a text, ascending, with what it is besides. */
export function cutsOf(text: string, stretches: readonly Stretch[]): Cut[] {
  const sentences = boundaries(text, 'sentence');
  const words = boundaries(text, 'word');
  const places = placesOf(text.length, stretches);
  return [...boundaries(text, 'grapheme')]
    .filter((offset) => mayCut(text, offset))
    .map((offset) => {
      const place = places[offset] ?? 'outside';
      if (!words.has(offset) || beginsBlock(text, offset))
        return { offset, place, kind: 'cluster' };
      if (sentences.has(offset)) return { offset, place, kind: 'sentence' };
      const between = unspaced.test(text.slice(Math.max(0, offset - 2), offset));
      return { offset, place, kind: between ? 'word' : 'cluster' };
    });
}

function boundaries(text: string, granularity: 'grapheme' | 'word' | 'sentence'): Set<number> {
  const segmenter = new Intl.Segmenter(undefined, { granularity });
  return new Set(
    [...segmenter.segment(text)].map(({ index }) => index).filter((index) => index > 0),
  );
}

function placesOf(length: number, stretches: readonly Stretch[]): Cut['place'][] {
  const places = new Array<Cut['place']>(length + 1).fill('outside');
  for (const { start, end, words } of stretches) {
    places.fill('marks', start + 1, end);
    places.fill('inside', words.start + 1, words.end);
  }
  return places;
}

/** Not after a backslash, nor inside an entity: what is left would mean something else. */
function mayCut(text: string, offset: number): boolean {
  if (text[offset - 1] === '\\') return false;
  const before = /&#?\w{0,32}$/u.test(text.slice(Math.max(0, offset - 34), offset));
  return !(before && /^\w{0,32};/u.test(text.slice(offset, offset + 34)));
}

/** What would begin a list, quote, heading, fence or table at the start of a piece. */
function beginsBlock(text: string, offset: number): boolean {
  return /^(?:[-+*#>|=]|\d{1,9}[.)]|`{3}|~{3})/u.test(text.slice(offset, offset + 12));
}
