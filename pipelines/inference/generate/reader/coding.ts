import { type Fence, fenceOf, inlineCodeAt, isCodeAlready, lineInFence, runAt } from './code.ts';
import type { Tape } from './tape.ts';

export type Coding = {
  /** Reads backticks or tildes, and the code they begin. */
  read(): boolean;
  isInFence(): boolean;
  readFence(): boolean;
  /** Whether backticks without an answer stand in this paragraph: others in it may be theirs. */
  hasStrayTicks(): boolean;
};

/** What would be a link or a mark if this were no code after all. */
const alive = /[[<]|:\/\/|www\./iu;
const mark = /^([^[【\\]*?)[ \t]*(?:\\?\[|【).*$/u;

export function openCoding(tape: Tape): Coding {
  const { writing } = tape;
  let fence: Fence | null = null;
  let isWithinLine = false;
  let strayIn = -1;

  const hasStrayTicks = () => strayIn === writing.paragraph();

  function readInline(run: number): boolean {
    const code = inlineCodeAt(tape.text, 0, tape.isWhole);
    if (code === 'open') return false;
    const isSure = code !== null && !(hasStrayTicks() && alive.test(tape.text.slice(0, code)));
    if (isSure) return tape.take(code);
    strayIn = writing.paragraph();
    return tape.take(run);
  }

  return {
    read() {
      const run = runAt(tape.text, 0);
      if (run === tape.text.length && !tape.isWhole) return false;
      if (run >= 3 && /^[\s>]*$/u.test(writing.line())) {
        const [line = '', ...others] = tape.text.split('\n', 2);
        const opened = fenceOf(writing.line() + line, writing.column());
        if (opened && others.length === 0 && !tape.isWhole) return false;
        if (opened) {
          fence = opened;
          isWithinLine = true;
          return tape.take(line.length, true);
        }
      }
      return tape.text.startsWith('~') ? tape.take(run) : readInline(run);
    },
    isInFence: () => fence !== null,
    readFence() {
      if (fence === null) return true;
      const end = tape.text.indexOf('\n');
      if (isWithinLine) {
        isWithinLine = end < 0;
        return tape.take(end < 0 ? tape.text.length : end + 1, true);
      }
      const line = end < 0 ? tape.text : tape.text.slice(0, end);
      if (end < 0 && !tape.isWhole) {
        isWithinLine = isCodeAlready(line, fence);
        return isWithinLine;
      }
      // Citations behind the closing fence do not keep it open.
      const bare = mark.exec(line)?.[1] ?? line;
      const closes = lineInFence(bare, fence) === 'closing';
      isWithinLine = !closes && lineInFence(line, fence) === 'code';
      if (isWithinLine) return true;
      fence = null;
      return closes ? tape.take(bare.length, true) : true;
    },
    hasStrayTicks,
  };
}
