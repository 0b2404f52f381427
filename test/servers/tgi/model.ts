import { hash } from '../models/tokens.ts';
import { sample } from './sample.ts';
import { templated } from './template.ts';
import type { Chat } from './types.ts';

const WORDS =
  'the a we I it of and but so then code page text query index cache store build test ship plain small good slow'.split(
    ' ',
  );

/**
 * The model that comes with the server. Greedily it says the same to the same prompt, and something else with
 * other weights (`voice`); it answers from numbered passages with their first sentences, cited, and in the shape it
 * is held to.
 */
export function defaultReply(chat: Chat, voice: string, nth: number): string {
  if (chat.schema !== null) return JSON.stringify(sample(chat.schema));
  const prompt = templated(chat.messages);
  const greedy = chat.temperature === 0 || chat.temperature === null;
  const seed = greedy ? 'greedy' : String(chat.seed ?? nth);
  const cited = passages(prompt)
    .slice(0, 2)
    .map(({ number, text }) => `${text} [${number}].`);
  if (cited.length === 0) return spoken(`${voice}${seed}${prompt}`, 16);
  // Weights of its own show in its words, whatever it cites.
  const opening = chat.adapter === null ? '' : `${spoken(`${voice}${seed}${prompt}`, 3)}: `;
  return `${opening}${cited.join(' ')}`;
}

/** What a penalty for repeating does to a model that has to repeat the passages' words: it leaves them. */
export function punished(text: string, repetitionPenalty: number): string {
  if (repetitionPenalty === 1) return text;
  return text.replaceAll(/\p{L}{2,}/gu, (word) => [...word].reverse().join(''));
}

/** Passages as prompts number them: `[1] text` at a line's begin, or an element with the number as attribute. */
function passages(prompt: string): readonly { number: string; text: string }[] {
  const marks = /^\s*\[(\d+)\]|<\w+[^>]*?\b(?:number|id|n)="(\d+)"[^>]*>/gmu;
  return Array.from(prompt.matchAll(marks), (mark) => {
    const after = prompt.slice(mark.index + mark[0].length);
    const text = /\p{L}[^.!?\n<]*/u.exec(after)?.[0] ?? '';
    return { number: mark[1] ?? mark[2] ?? '', text: text.trim() };
  }).filter(({ text }) => text !== '');
}

function spoken(seed: string, words: number): string {
  return Array.from({ length: words }, (_, at) => {
    return WORDS[hash(`${seed}${at}`) % WORDS.length];
  }).join(' ');
}
