import type { ChatPart, Passage } from '../../../serving/chat/port.ts';
import { saysNoAnswer, sentinel } from '../sentinel.ts';
import { openCiting } from './citing.ts';
import { openCoding } from './coding.ts';
import { openLinking } from './linking.ts';
import { addressBegun } from './links.ts';
import { openTape } from './tape.ts';

type Text = Extract<ChatPart, { type: 'text' }>;

/** Reads a model's reply as it comes and turns it into what may be shown. */
export type ReplyReader = {
  /** Takes the next piece, however it was cut, and returns what is certain now. */
  push(delta: string): Text[];
  /** The reply is over: what was held back is what it looks like. */
  end(): Text[];
  /** Whether the reply began with the agreed sign that the passages do not answer. */
  saysNoAnswer(): boolean;
  /** Citations of passages that the prompt did not hold. */
  refused(): number;
};

export type ReadAgainst = {
  /** The passages that the model was given. */
  readonly passages: readonly Pick<Passage, 'number' | 'text'>[];
  readonly question: string;
  /** The model's template opens the reasoning itself, so the reply begins within it. */
  readonly startsThinking?: boolean;
};

/** Where plain text ends. */
const special = new RegExp(
  `[\`~[!<\\\\【]|${sentinel}|(?<![A-Za-z])(?:https?:\\/\\/|ftp:\\/\\/|www\\.)`,
  'iu',
);
/**
 * The text that is shown holds no citation marks: they become the parts' citations, and those that name no passage are
 * counted and gone. Links lead only where a passage does; others become their words. Reasoning is left out. What
 * stands in code is left as it is. The result does not depend on how the reply was cut into pieces.
 */
export function openReader({
  passages,
  question,
  startsThinking = false,
}: ReadAgainst): ReplyReader {
  const tape = openTape();
  const { writing } = tape;
  const citing = openCiting(tape, passages, question);
  const coding = openCoding(tape);
  const linking = openLinking(tape, passages, coding.hasStrayTicks);
  let isThinking = startsThinking;
  let isNoAnswer = false;

  /** Reads on until the end, or until only what follows can tell. */
  function advance(isWhole: boolean): Text[] {
    tape.isWhole = isWhole;
    while (tape.text !== '' || (isWhole && citing.isPending())) if (!step()) break;
    if (isWhole) writing.finish();
    return writing.take();
  }

  function step(): boolean {
    if (isNoAnswer) return tape.skip(tape.text.length);
    if (isThinking) return readThought();
    if (citing.isPending()) return citing.settle();
    if (coding.isInFence()) return coding.readFence();
    if (!writing.begun) {
      const says = saysNoAnswer(tape.text);
      isNoAnswer = says === true;
      if (isNoAnswer) return true;
      if (says === null && !tape.isWhole) return false;
    }
    const found = special.exec(tape.text);
    const plain = found?.index ?? tape.text.length - (tape.isWhole ? 0 : begun(tape.text));
    if (plain > 0) return tape.take(plain);
    return found === null ? false : readSpecial(found[0]);
  }

  /** How much at the end may be the beginning of something. */
  function begun(text: string): number {
    return Math.max(sentinelBegun(text), addressBegun(text, writing.last()));
  }

  function readSpecial(found: string): boolean {
    switch (found) {
      case '[':
      case '【':
        return citing.read() ?? linking.readBracket();
      case '!':
        return linking.readBang();
      case '\\':
        return readBackslash();
      case '`':
      case '~':
        return coding.read();
      case '<':
        return readAngle();
      default:
        return found === sentinel ? tape.skip(found.length) : linking.readAddress();
    }
  }

  function readAngle(): boolean {
    const read = linking.readAngle();
    isThinking = read === 'thought';
    return read !== false;
  }

  function readBackslash(): boolean {
    if (tape.text.length === 1 && !tape.isWhole) return false;
    return citing.read() ?? tape.take(/^\\[!-/:-@[-`{-~]/u.test(tape.text) ? 2 : 1);
  }

  function readThought(): boolean {
    const end = /<\/think(?:ing)?>/iu.exec(tape.text);
    isThinking = end === null;
    if (end) return tape.skip(end.index + end[0].length);
    // The end of the block may have come in part.
    tape.skip(
      tape.isWhole ? tape.text.length : Math.max(0, tape.text.length - '</thinking'.length),
    );
    return tape.isWhole;
  }

  return {
    push(delta) {
      tape.text += delta;
      return advance(false);
    },
    end: () => advance(true),
    saysNoAnswer: () => isNoAnswer,
    refused: citing.refused,
  };
}

function sentinelBegun(text: string): number {
  for (let length = Math.min(sentinel.length - 1, text.length); length > 0; length--) {
    if (sentinel.startsWith(text.slice(-length))) return length;
  }
  return 0;
}
