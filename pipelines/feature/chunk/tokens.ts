/**
 * Counts tokens without a vocabulary: `words-1`, an approximation of subword tokens that needs no model
 * file, is the same on every machine, and runs at memory speed.
 *
 * A word of Latin letters costs one token per started 7 letters, of another alphabet one per started 2;
 * digits cost one per started 3; Han, Kana and Hangul one per character; equal punctuation in a row one
 * per started 4. White space is free. Cutting a text never makes its parts cost less than the whole, so
 * sums over parts are upper bounds.
 *
 * Measured against the BPE o200k_base: 1.03 times as many tokens on the handbook, 1.06 on 150 npm readmes,
 * 1.03–1.16 on code, 0.97 on German, 1.4 on Chinese, Japanese and Arabic, 2.0 on Russian (against the
 * older cl100k_base 0.8–1.1 there). Where it errs it counts too many, so models are not overrun.
 */
export function countTokens(text: string, start = 0, end = text.length): number {
  let tokens = 0;
  let run = 0;
  let runClass = space;
  let last = 0;
  for (let index = start; index < end; index++) {
    const code = text.charCodeAt(index);
    const kind = code < 128 ? (asciiClass[code] as number) : wideClass(code);
    if (kind === runClass && (kind !== punctuation || code === last)) {
      run++;
    } else {
      tokens += cost(runClass, run);
      run = 1;
      runClass = kind;
    }
    last = code;
  }
  return tokens + cost(runClass, run);
}

const space = 0;
const latin = 1;
const digit = 2;
const alphabet = 3;
const ideograph = 4;
const punctuation = 5;
/** Presentation forms: normalising one may give up to two characters, so one token each. */
const form = 6;

function cost(kind: number, run: number): number {
  switch (kind) {
    case space:
      return 0;
    case latin:
      return Math.ceil(run / 7);
    case digit:
      return Math.ceil(run / 3);
    case alphabet:
      return Math.ceil(run / 2);
    case punctuation:
      return Math.ceil(run / 4);
    default:
      return run;
  }
}

const asciiClass = Uint8Array.from({ length: 128 }, (_, code) => {
  if (code <= 32 || code === 127) return space;
  if (code >= 48 && code <= 57) return digit;
  if ((code >= 65 && code <= 90) || (code >= 97 && code <= 122)) return latin;
  return punctuation;
});

/** The class of a UTF-16 unit outside ASCII, by block. */
function wideClass(code: number): number {
  if (code === 0xa0 || code === 0x1680 || code === 0x3000 || code === 0xfeff) return space;
  if (code >= 0x2000 && code <= 0x206f) {
    return code <= 0x200a || code === 0x2028 || code === 0x2029 || code === 0x202f
      ? space
      : punctuation;
  }
  if (code >= 0xc0 && code <= 0x24f) return latin;
  if (code < 0xc0) return punctuation;
  if (code < 0x1100) return alphabet;
  if (code < 0x1200) return ideograph;
  if (code < 0x2000) return alphabet;
  if (code < 0x2e80) return punctuation;
  if (code < 0x3001) return ideograph;
  if (code < 0x3040) return punctuation;
  if (code < 0xa4d0) return ideograph;
  if (code < 0xac00) return alphabet;
  if (code < 0xd800) return ideograph;
  // Half of a pair: emoji, rare Han, mathematical letters: about one token for each.
  if (code < 0xe000) return ideograph;
  return form;
}
