import { countTokens } from '../chunk/tokens.ts';

/**
 * NFKC where it is safe: only code points whose compatibility form is the same letter in another dress.
 * Superscripts, fractions, ™, №, circled numbers, Roman numerals and units would change what is said
 * (10² is not 102); full-width punctuation is what Chinese and Japanese are written with, and as ASCII
 * it would become Markdown or HTML. They stay. Everything else gets canonical composition (NFC) only.
 */
const sameLetter =
  /[\u00a0\u2000-\u200a\u202f\u205f\uf900-\ufaff\ufb00-\ufb06\ufb13-\ufb17\ufb1d-\ufb4f\ufb50-\ufd3d\ufe70-\ufefc\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff66-\uff9f\uffa1-\uffdc]|\ud835[\udc00-\udfff]/g;

/**
 * Characters that are not seen and carry nothing in running text: soft hyphen, zero-width space, word
 * joiner, BOM, bidirectional controls, tag characters' carrier. Zero-width (non-)joiners stay where they
 * shape text: between letters of scripts that join, and inside emoji.
 */
const invisible =
  /[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]/g;
const joiner =
  /(?<!\u094d|\ufe0f|[\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Sinhala}\p{Script=Malayalam}\p{Script=Kannada}\p{Script=Telugu}\p{Script=Tamil}\p{Script=Mongolian}\p{Extended_Pictographic}\p{Emoji_Modifier}])[\u200c\u200d]/gu;

const plain = /^\p{ASCII}*$/u;

const protectedParts = /(`+)(?!`)[\s\S]+?(?<!`)\1(?!`)|https?:\/\/[^\s<>"'`)\]]+/g;

/**
 * Prose normalised around its inline code and URLs. Kept as it was when the normal form would be longer
 * in tokens, so that cleaning never pushes a passage over its bound.
 */
export function normaliseProse(prose: string): string {
  if (plain.test(prose)) return prose;
  let result = '';
  let from = 0;
  for (const match of prose.matchAll(protectedParts)) {
    result += normalise(prose.slice(from, match.index)) + withoutInvisible(match[0]);
    from = match.index + match[0].length;
  }
  result += normalise(prose.slice(from));
  return countTokens(result) > countTokens(prose) ? prose : result;
}

function normalise(text: string): string {
  return text
    .replace(invisible, '')
    .replace(joiner, '')
    .replace(sameLetter, (found) => found.normalize('NFKC'))
    .normalize('NFC');
}

/** In code nothing is normalised; only what could hide or reorder code is taken out. */
export function withoutInvisible(code: string): string {
  return plain.test(code) ? code : code.replace(invisible, '');
}
