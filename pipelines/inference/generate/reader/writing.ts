import type { ChatPart } from '../../../serving/chat/port.ts';
import { columnAfter } from './code.ts';

type Text = Extract<ChatPart, { type: 'text' }>;

/** What has been made of a reply so far: text without marks, and what the next piece has to know of it. */
export type Writing = {
  /** White space at its end waits for what follows: before a mark it goes. */
  put(text: string, isCode?: boolean): void;
  /** Citations of what was put, which ends here; `ending` is the punctuation that the model put after them. */
  cite(numbers: readonly number[], ending?: string): void;
  /** Citations of what follows on a line of its own. */
  citeAhead(numbers: readonly number[]): void;
  /** Citations of a fence or a table: they stand in a paragraph behind it, where they break nothing. */
  citeBlock(numbers: readonly number[]): void;
  dropSpace(): void;
  readonly begun: boolean;
  /** The line that is being written, with the white space that waits. */
  line(): string;
  /** Whether the next word begins a line. */
  startsLine(): boolean;
  /** The last character, white space included; empty at the beginning. */
  last(): string;
  /** Where the text of the list item begins in which the next line may stand. */
  column(): number;
  /** Which paragraph the next word belongs to. */
  paragraph(): number;
  /** Which kind of block the text ends in, where marks cannot simply follow. */
  endsIn(): 'row' | 'fence' | null;
  /** The parts that are ready; each call hands on what came since the one before. */
  take(): Text[];
  finish(): void;
};

/** Stands in the line for marks that a channel draws there: no block begins behind them. */
const drawn = ']';

const blankLine = /\n[ \t]*\n/u;
const tableRow = /^\s*\|.*\|$/u;
const closingFence = /^[\s>]*(?:`{3,}|~{3,})$/u;

export function openWriting(): Writing {
  let parts: Text[] = [];
  let open = '';
  let space = '';
  let line = '';
  let column = 0;
  let paragraph = 0;
  let begun = false;
  let lastWasCode = false;
  let ofBlock: readonly number[] = [];

  const flush = (citations: readonly number[]) => {
    parts.push({ type: 'text', text: open, citations });
    open = '';
  };
  const write = (text: string, isCode: boolean) => {
    open += text;
    if (blankLine.test(text)) paragraph += 1;
    const end = text.lastIndexOf('\n');
    if (end < 0) {
      line += text;
      return;
    }
    const before = (line + text.slice(0, end)).split('\n');
    if (!isCode) for (const each of before) column = columnAfter(each, column);
    line = text.slice(end + 1);
  };
  /** Whether the line that begins here is one more row of the table above it. */
  const goesOn = (words: string) => words.startsWith('|') && /^[^\n]*\n[^\n]*$/u.test(space);
  const endBlock = () => {
    if (ofBlock.length === 0) return;
    write('\n\n', false);
    flush(ofBlock);
    ofBlock = [];
    space = '\n\n';
  };

  return {
    put(text, isCode = false) {
      const words = text.trim();
      if (words === '') {
        space += text;
        return;
      }
      const start = text.indexOf(words);
      space += text.slice(0, start);
      const end = ofBlock.length > 0 ? words.indexOf('\n') : -1;
      if (space.includes('\n') && !goesOn(words)) endBlock();
      const line = end < 0 ? words : words.slice(0, end);
      write(begun ? space + line : line, isCode);
      begun = true;
      lastWasCode = isCode;
      space = '';
      const rest = text.slice(start + line.length);
      if (rest !== '') this.put(rest, isCode);
    },
    cite(numbers, ending = '') {
      space = '';
      if (ending !== '') write(ending, false);
      flush(numbers);
      begun = true;
      line += drawn;
    },
    citeAhead(numbers) {
      if (begun) write(space, false);
      space = '';
      line += drawn;
      begun = true;
      flush(numbers);
    },
    citeBlock(numbers) {
      ofBlock = [...new Set([...ofBlock, ...numbers])];
    },
    dropSpace() {
      space = '';
    },
    get begun() {
      return begun;
    },
    line() {
      const end = space.lastIndexOf('\n');
      return end < 0 ? line + space : space.slice(end + 1);
    },
    startsLine: () => !begun || space.includes('\n'),
    last: () => (begun ? (space || line).slice(-1) : ''),
    column() {
      return space.includes('\n') ? columnAfter(line, column) : column;
    },
    endsIn() {
      if (lastWasCode && closingFence.test(line)) return 'fence';
      return !lastWasCode && tableRow.test(line) ? 'row' : null;
    },
    take() {
      if (open !== '') flush([]);
      const ready = parts;
      parts = [];
      return ready;
    },
    paragraph: () => paragraph + (blankLine.test(space) ? 1 : 0),
    finish: endBlock,
  };
}
