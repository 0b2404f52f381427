import type { Passage } from '../../../serving/chat/port.ts';
import { linkAt } from './links.ts';
import { beginsMark, type Mark, markAt, resolveMark } from './marks.ts';
import type { Tape } from './tape.ts';

export type Citing = {
  /** Reads the mark that the tape begins with; null where it is none. */
  read(): boolean | null;
  /** Whether citations wait for what follows them. */
  isPending(): boolean;
  /** Finds their place. */
  settle(): boolean;
  /** Citations of passages that are not there. */
  refused(): number;
};

const sentenceEnd = /[.!?。！？…]/u;

export function openCiting(
  tape: Tape,
  passages: readonly Pick<Passage, 'number' | 'text'>[],
  question: string,
): Citing {
  const { writing } = tape;
  const numbers = new Set(passages.map(({ number }) => number));
  let pending: Set<number> | null = null;
  let refused = 0;

  function note(mark: Mark): void {
    const resolved = resolveMark(mark, numbers);
    refused += resolved.refused;
    pending = new Set([...(pending ?? []), ...resolved.numbers]);
  }

  /** `items[1]`: a place in a list, where the passages or the word itself say so. */
  function isSubscript(): boolean {
    const word = /[\p{L}\p{N}_$]+$/u.exec(writing.line())?.[0];
    if (word === undefined) return /[\w$]\[\d+\]$/u.test(writing.line());
    if (/\$|[^_]_[^_]|^\p{Ll}+\p{Lu}/u.test(word)) return true;
    return [question, ...passages.map(({ text }) => text)].some((text) =>
      text.includes(`${word}[`),
    );
  }

  /** The mark behind some white space, and what it takes; [1](address): the number is meant, not what it leads to. */
  function markBehind(blanks: number): { mark: Mark; length: number } | 'open' | null {
    const mark = markAt(tape.text, blanks, tape.isWhole);
    if (mark === null || mark === 'open') return mark;
    if (blanks + mark.length === tape.text.length && !tape.isWhole) return 'open';
    const link = tape.text[blanks] === '[' ? linkAt(tape.text, blanks, tape.isWhole) : null;
    return link === 'open' ? 'open' : { mark, length: blanks + (link?.length ?? mark.length) };
  }

  function place(citations: readonly number[], blanks: number, next: string | undefined): void {
    const endsLine = next === undefined || next === '\n' || next === '\r';
    if (writing.startsLine() && !endsLine) {
      if (citations.length > 0) writing.citeAhead(citations);
      else tape.skip(blanks);
      return;
    }
    const block = writing.endsIn();
    if (block === 'fence' || (block === 'row' && endsLine)) {
      if (!writing.startsLine()) writing.dropSpace();
      if (citations.length > 0) writing.citeBlock(citations);
      if (!endsLine) tape.skip(blanks, '\n\n');
      return;
    }
    const ending = blanks === 0 && next !== undefined && sentenceEnd.test(next) ? next : '';
    const isEnded = ending !== '' && sentenceEnd.test(writing.line().trimEnd().slice(-1));
    if (citations.length > 0) {
      writing.cite(citations, isEnded ? '' : ending);
      tape.skip(ending.length);
    } else if (next !== '|') {
      writing.dropSpace();
      if (isEnded) tape.skip(1);
    }
  }

  return {
    read() {
      const plain = markAt(tape.text, 0, tape.isWhole);
      if (plain === null) return null;
      if (plain !== 'open' && tape.text[0] !== '\\' && isSubscript())
        return tape.take(plain.length);
      const found = markBehind(0);
      if (found === 'open') return false;
      if (found === null) return null;
      note(found.mark);
      return tape.skip(found.length);
    },
    isPending: () => pending !== null,
    settle() {
      const blanks = /^[ \t]*/u.exec(tape.text)?.[0].length ?? 0;
      const next = tape.text[blanks];
      const isOpen = next === undefined || (next === '\\' && blanks + 1 === tape.text.length);
      if (isOpen && !tape.isWhole) return false;
      const more = beginsMark(tape.text, blanks) ? markBehind(blanks) : null;
      if (more === 'open') return false;
      if (more !== null) {
        note(more.mark);
        return tape.skip(more.length);
      }
      const citations = [...(pending ?? [])];
      pending = null;
      place(citations, blanks, next);
      return true;
    },
    refused: () => refused,
  };
}
