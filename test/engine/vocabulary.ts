/** A token of a SentencePiece vocabulary, and what kind it is in a GGUF file. */
export type Entry = { readonly text: string; readonly kind: Kind };
export const KIND = { normal: 1, unknown: 2, control: 3, byte: 6 } as const;
type Kind = (typeof KIND)[keyof typeof KIND];

const WORDS =
  `the a of and to in that is was he for it with as his on be at by I this had not are but from or have an they which
  one you were her all she there would their we him been has when who will more no if out so said what up its about
  into than them can only other new some could time these two may then do first any my now such like our over man me
  even most made after also did many before must through back years where much your way well down should because each
  just those people how too little state good very make world still own see men work long get here between both life
  being under never day same another know while last might us great old year off come since against go came right used
  take three cache store code test build index page text query table file line node tree graph key value type name
  list map set queue lock thread process memory disk network server client token model prompt answer question source
  write writing writer words voice style plain simple small fast slow clear short long story draft edit`.split(
    /\s+/u,
  );
const SIGNS = [...'.,;:!?\'"()[]{}<>/\\|-_=+*&^%$#@`~0123456789\n', ...'éèüäößñ—…“”’日本語🎭'];

export const BOS = '<s>';
export const END = '<|im_end|>';

/**
 * Byte tokens, so that any text can be read; letters, pairs of them, signs, and words with all their beginnings, since
 * SentencePiece joins pieces two by two. Text takes at most about twice the tokens that real vocabularies make of it.
 */
export function vocabulary(): readonly Entry[] {
  const fixed: Entry[] = [
    { text: '<unk>', kind: KIND.unknown },
    { text: BOS, kind: KIND.control },
    { text: END, kind: KIND.control },
    { text: '<|im_start|>', kind: KIND.control },
    ...Array.from({ length: 256 }, (_, byte) => ({
      text: `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`,
      kind: KIND.byte,
    })),
  ];
  const small = [...'abcdefghijklmnopqrstuvwxyz'];
  const letters = [...small, ...small.map((letter) => letter.toUpperCase()), '▁'];
  const pairs = letters.flatMap((first) => small.map((second) => `${first}${second}`));
  const begun = WORDS.flatMap((word) =>
    Array.from({ length: word.length }, (_, at) => `▁${word.slice(0, at + 1)}`),
  );
  const pieces = new Set([...letters, ...pairs, ...SIGNS, ...begun]);
  return [...fixed, ...Array.from(pieces, (text) => ({ text, kind: KIND.normal }))];
}

/** Whether a token is a word with the blank before it: what the model is to prefer to letters and bytes. */
export function isWord({ text }: Entry): boolean {
  return text.startsWith('▁') && WORDS.includes(text.slice(1));
}
