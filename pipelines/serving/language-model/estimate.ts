import type { ChatMessage } from './port.ts';

/** What templates put around a message, and around all of them. */
const perMessage = 8;
const perPrompt = 16;
/** On top of the count by kinds of characters. */
const margin = 1.1;

/**
 * Tokens that the messages may take, without a tokenizer.
 *
 * Errs on the long side for ordinary text: compared with the vocabularies of Llama 2 (32k pieces), Llama 3, cl100k and
 * o200k it says 1.3 to 1.6 times as many for English and Markdown, up to twice as many for code, and 1.1 to 5 times
 * for other languages. Strings without sense (keys, base64) may take somewhat more than it says.
 */
export function estimateTokens(messages: readonly ChatMessage[]): number {
  return messages.reduce(
    (sum, { content }) => sum + perMessage + Math.ceil(tokensOf(content) * margin),
    perPrompt,
  );
}

/** By hand over UTF-16 units, since a prompt is long and this is asked while somebody waits. */
function tokensOf(text: string): number {
  let tokens = 0;
  let letters = 0;
  let capitals = 0;
  let previous = 0;
  for (let at = 0; at <= text.length; at += 1) {
    const unit = at < text.length ? text.charCodeAt(at) : 0;
    const capital = unit >= 65 && unit <= 90;
    if (capital || (unit >= 97 && unit <= 122)) {
      letters += 1;
      if (capital) capitals += 1;
    } else {
      // A word costs a token for every four letters; capitals in the middle break it into more.
      if (letters > 0) tokens += Math.ceil(letters / 4) + (capitals > 1 ? capitals / 1.5 : 0);
      letters = 0;
      capitals = 0;
      if (at < text.length) tokens += costOf(unit, previous);
    }
    previous = unit;
  }
  return tokens;
}

function costOf(unit: number, previous: number): number {
  const space = 32;
  // One space belongs to the word behind it; of several each second one counts.
  if (unit === space) return previous === space ? 0.5 : 0;
  if (unit < 128) return 1;
  for (const [below, cost] of costs) if (unit < below) return cost;
  return otherwise;
}

/** Tokens for one UTF-16 unit, by the blocks of Unicode. */
const costs: readonly (readonly [below: number, cost: number])[] = [
  [0x0250, 1.4], // Latin with marks
  [0x0370, 2],
  [0x0530, 1.1], // Greek, Cyrillic
  [0x0590, 2],
  [0x0700, 1.2], // Hebrew, Arabic
  [0x0900, 2],
  [0x0f00, 1.6], // the scripts of India, Thai, Lao
  [0x10a0, 3],
  [0x1100, 2], // Georgian
  [0x1e00, 3],
  [0x2000, 1.5], // Vietnamese
  [0x2070, 1.5], // punctuation
  [0x3000, 3],
  [0xd800, 1.8], // Kana, Han, Hangul
  [0xe000, 2], // each half of what lies beyond, emoji among it
];
const otherwise = 3;
