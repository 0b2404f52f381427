/** A citation as a model writes it. */
export type Mark = {
  /** Ranges of numbers, both ends included, as written. */
  readonly ranges: readonly (readonly [from: number, to: number])[];
  /** UTF-16 units it takes. */
  readonly length: number;
};

const number = '(?:(?:passages?:?|sources?:?|n=|#)\\s*)?\\d{1,3}';
const between = '\\s*(?:[,;&\\-–—]|and)\\s*';
const inside = `\\s*${number}(?:${between}${number})*\\s*(?:†[^\\]】\\n]{0,60})?`;

/** `[1]`, `[1, 2]`, `[1-3]`, `[passage 2]`, `【1】`, `【1†source】`, and `\[1\]` of models that fear for their Markdown. */
const mark = new RegExp(`\\\\?\\[${inside}\\\\?\\]|【${inside}】`, 'iuy');
const opening = /\[|【|\\\[/uy;
/** Everything that may stand in one, so that text which cannot become one is not held back. */
const mayBecome = /(?:\[|【|\\(?:\[|$))[\d\s,;&\-–—#=:a-z]{0,40}(?:†[^\]】\n]{0,60})?\\?$/iuy;

/** The mark that begins at `at`; `open` where what follows decides; null where there is none. */
export function markAt(text: string, at: number, isWhole: boolean): Mark | 'open' | null {
  mark.lastIndex = at;
  const found = mark.exec(text)?.[0];
  if (found !== undefined) return { ranges: rangesOf(found), length: found.length };
  if (isWhole) return null;
  mayBecome.lastIndex = at;
  return mayBecome.test(text) ? 'open' : null;
}

export function beginsMark(text: string, at: number): boolean {
  opening.lastIndex = at;
  return opening.test(text);
}

function rangesOf(source: string): (readonly [number, number])[] {
  const numbers = source.replace(/†.*$/su, '');
  return [...numbers.matchAll(/(\d+)(?:\s*[-–—]\s*\D*?(\d+))?/gu)].map(
    ([, from = '', to = from]) => {
      const ends = [Number(from), Number(to)] as const;
      return ends[0] <= ends[1] ? ends : [ends[1], ends[0]];
    },
  );
}

/** Which of a mark's numbers there are, each once, and how many there are not. */
export function resolveMark(
  { ranges }: Mark,
  there: ReadonlySet<number>,
): { readonly numbers: number[]; readonly refused: number } {
  const numbers = new Set<number>();
  let refused = 0;
  for (const [from, to] of ranges) {
    const found = [...there].filter((each) => from <= each && each <= to).sort((a, b) => a - b);
    for (const each of found) numbers.add(each);
    refused += to - from + 1 - found.length;
  }
  return { numbers: [...numbers], refused };
}
