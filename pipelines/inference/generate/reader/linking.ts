import type { Passage } from '../../../serving/chat/port.ts';
import { angleAt } from './angles.ts';
import { addressAt, addressesIn, isLetter, linkAt, plainAddress, trimmedAddress } from './links.ts';
import { markAt } from './marks.ts';
import type { Tape } from './tape.ts';

export type Linking = {
  /** Reads a bracket that begins no mark. */
  readBracket(): boolean;
  /** Reads an exclamation mark, and the image that it may begin. */
  readBang(): boolean;
  /** Reads an angle bracket: an address, a tag, text; `thought` where the model begins to think. */
  readAngle(): boolean | 'thought';
  readAddress(): boolean;
};

const linePrefix = /^[\s>]*(?:(?:[-*+]|\d{1,9}[.)])\s+)*$/u;

/** @param hasStrayTicks whether what is set in backticks here may not be code */
export function openLinking(
  tape: Tape,
  passages: readonly Pick<Passage, 'text'>[],
  hasStrayTicks: () => boolean,
): Linking {
  const { writing } = tape;
  let addresses: ReadonlySet<string> | undefined;

  function mayLink(target: string): boolean {
    addresses ??= addressesIn(passages);
    return addresses.has(trimmedAddress(target));
  }

  function readLink(at: number): boolean {
    const link = linkAt(tape.text, at, tape.isWhole);
    if (link === 'open') return false;
    if (link === null) return tape.take(at + 1);
    const { words, target, length } = link;
    const isPlain = !/[[\]<]|:\/\/|www\./iu.test(words) && words.split('`').length % 2 === 1;
    if (isPlain && mayLink(target)) return tape.take(at + length);
    return tape.skip(at + length, words);
  }

  /** An address that is no link, as code where it can be: some platforms make a link of any name with a dot. */
  function saveWords(address: string, length: number): boolean {
    const next = tape.text[length];
    if (next === undefined && !tape.isWhole) return false;
    const plain = plainAddress(address);
    const isAlone = writing.last() !== '`' && next !== '`' && !hasStrayTicks();
    writing.put(isAlone && plain !== '' ? `\`${plain}\`` : plain);
    return tape.skip(length);
  }

  return {
    readBracket: () => (tape.text.startsWith('[') ? readLink(0) : tape.take(1)),
    readBang() {
      if (tape.text.length === 1 && !tape.isWhole) return false;
      if (tape.text[1] !== '[' || markAt(tape.text, 1, true) !== null) return tape.take(1);
      return readLink(1);
    },
    readAngle() {
      const angle = angleAt(tape.text, tape.isWhole);
      switch (angle.kind) {
        case 'open':
          return false;
        case 'thought':
          tape.skip(angle.length);
          return 'thought';
        case 'tag':
          return tape.skip(angle.length);
        case 'address':
          if (angle.words !== null) return tape.skip(angle.length, angle.words);
          if (mayLink(angle.target)) return tape.take(angle.length);
          return saveWords(angle.target, angle.length);
        case 'text':
          // At the beginning of a line it could begin a block of HTML, within which Markdown is not read.
          if (/^<[a-z!?/]/iu.test(tape.text) && linePrefix.test(writing.line())) writing.put('\\');
          return tape.take(1);
        default:
          return angle satisfies never;
      }
    },
    readAddress() {
      const found = isLetter(writing.last()) ? null : addressAt(tape.text, 0, tape.isWhole);
      if (found === 'open') return false;
      if (found === null) return tape.take(1);
      const { address, isApart } = found;
      if (/^(?:\w+:\/\/|www\.?)$/iu.test(address)) {
        // Only its beginning: what follows must not become the rest of it.
        return isApart ? tape.take(address.length) : tape.skip(address.length);
      }
      if (mayLink(address) && isApart) return tape.take(address.length);
      if (mayLink(address) && /^http/iu.test(address)) {
        writing.put(`<${address}>`);
        return tape.skip(address.length);
      }
      return saveWords(address, address.length);
    },
  };
}
