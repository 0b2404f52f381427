import { openWriting, type Writing } from './writing.ts';

/**
 * A reply between what came and what is written. Those who read from it look at the beginning of `text` and answer
 * whether they got further: `false` asks for more of the reply, which never happens once `isWhole`.
 */
export type Tape = {
  /** What came and is not understood yet. */
  text: string;
  isWhole: boolean;
  readonly writing: Writing;
  /** Writes what `text` begins with. */
  take(length: number, isCode?: boolean): true;
  /** Drops it, or reads on as if something else stood there. */
  skip(length: number, instead?: string): true;
};

export function openTape(): Tape {
  const writing = openWriting();
  return {
    text: '',
    isWhole: false,
    writing,
    take(length, isCode = false) {
      writing.put(this.text.slice(0, length), isCode);
      this.text = this.text.slice(length);
      return true;
    },
    skip(length, instead = '') {
      this.text = instead + this.text.slice(length);
      return true;
    },
  };
}
