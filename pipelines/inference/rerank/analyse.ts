import { eachToken, stem } from '../../stores/features/lexical.ts';

/** A candidate as the lexical methods see it: content words only, the context line's before the text's. */
export type Analysed = {
  /** Stem ids in reading order, 0 … ids.size - 1; shared by all candidates of one question. */
  readonly stems: Int32Array;
  /** How many of `stems` come from the context line. */
  readonly contextLength: number;
  /** UTF-16 units of the content words, folded, with a space before, between and after them. */
  readonly characters: Uint16Array;
};

/** A question's passages repeat their words, so each wording is stopped, stemmed and numbered once. */
export type Analyser = {
  /** The stem's number: comparing integers is what makes the rest quick. */
  idOf(stemmed: string): number;
  analyse(passage: { readonly context: string; readonly text: string }): Analysed;
};

const stopped = -1;
const space = 32;
/** Folding may lengthen a text by a character or two. */
const spare = 64;

/**
 * Stop words are left out of the passage as they are out of the question: what is next to each other then
 * is next to each other in content ("index of vectors" holds the pair of "vector index", unordered).
 */
export function openAnalyser(stopWords: ReadonlySet<string>): Analyser {
  const idByStem = new Map<string, number>();
  const idByToken = new Map<string, number>();

  const idOf = (stemmed: string): number => {
    const known = idByStem.get(stemmed);
    if (known !== undefined) return known;
    idByStem.set(stemmed, idByStem.size);
    return idByStem.size - 1;
  };
  const number = (token: string): number => {
    const known = idByToken.get(token);
    if (known !== undefined) return known;
    const id = stopWords.has(token) ? stopped : idOf(stem(token));
    idByToken.set(token, id);
    return id;
  };

  return {
    idOf,
    analyse({ context, text }) {
      const stems: number[] = [];
      const characters = new Uint16Array(context.length + text.length + 2 * spare);
      let length = 1;
      characters[0] = space;
      const add = (token: string) => {
        const id = number(token);
        if (id === stopped || length + token.length >= characters.length) return;
        stems.push(id);
        for (let at = 0; at < token.length; at++) characters[length++] = token.charCodeAt(at);
        characters[length++] = space;
      };
      eachToken(context, add);
      const contextLength = stems.length;
      eachToken(text, add);
      return {
        stems: Int32Array.from(stems),
        contextLength,
        characters: characters.subarray(0, length),
      };
    },
  };
}

export const meanOf = (numbers: ArrayLike<number>): number => {
  let sum = 0;
  for (let index = 0; index < numbers.length; index++) sum += numbers[index] ?? 0;
  return numbers.length === 0 ? 0 : sum / numbers.length;
};
