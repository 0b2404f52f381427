/** Openings that point back at a sentence which is not quoted with it. */
const connective =
  /^(?:(?:however|moreover|furthermore|therefore|thus|hence|consequently|nevertheless|nonetheless|besides|additionally|in addition|instead|otherwise|still|also|meanwhile|finally|similarly|likewise|indeed|in fact|as a result|on the other hand|in other words|for example|for instance|after all|that said|so|yet|then),\s+|(?:and|but)\s+)/iu;

/** Openings that cannot be understood without the sentence before. */
const dangling =
  /^(?:this|that|these|those|it|its|they|them|their|he|she|his|her|both|neither|such|the former|the latter|dies|das|diese[rs]?|ceci|cela|esto|eso)\b/iu;

const inlineCode = /`+[^`]*`+/gu;

/**
 * With `withoutConnective` the only change ever made to what is quoted: images, raw HTML tags and
 * footnote marks go, links keep their words, block-quote marks go. No word is added or altered, and
 * inline code stays as it is.
 */
export function plainMarkdown(text: string): string {
  const code: string[] = [];
  // Set aside rather than split at: a link's words may be code.
  const masked = text
    .replaceAll('\0', '')
    .replace(/^ {0,3}(?:>\s?)+/gmu, '')
    .replace(inlineCode, (span) => `\0${code.push(span) - 1}\0`);
  return plainText(masked)
    .replace(/\0(\d+)\0/gu, (_, index: string) => code[Number(index)] ?? '')
    .replace(/[ \t]+([.,;:!?])(?=\s|$)/gu, '$1');
}

function plainText(text: string): string {
  return text
    .replace(/<!--.*?-->/gsu, '')
    .replace(/!\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])/gu, '')
    .replace(/\[([^\]]*)\](?:\((?:<[^>]*>|[^()]*(?:\([^()]*\)[^()]*)*)\)|\[[^\]]*\])/gu, '$1')
    .replace(/\[\^[^\]]+\]/gu, '')
    .replace(/<\/?[a-z][^<>]*>/giu, '');
}

/** "However, the port is free" → "The port is free". At most two ("And so, …"). */
export function withoutConnective(sentence: string): string {
  let rest = sentence;
  for (let round = 0; round < 2; round += 1) {
    const shorter = rest.replace(connective, '');
    if (shorter.length < 12) break;
    rest = shorter;
  }
  return rest === sentence ? sentence : capitalised(rest);
}

/** Whether a sentence opens with a word whose meaning stands in the sentence before. */
export function isDangling(sentence: string): boolean {
  return dangling.test(withoutConnective(sentence).replace(/^[*_"“(]+/u, ''));
}

function capitalised(text: string): string {
  return text.replace(
    /^([*_"“(]*)(\p{Ll})/u,
    (_, marks: string, letter: string) => `${marks}${letter.toUpperCase()}`,
  );
}
