import { createHash } from 'node:crypto';
import type { ChatRequest, Passage, Turn } from '../../serving/chat/port.ts';
import type { ChatMessage } from '../../serving/language-model/port.ts';
import { fill, loadPrompt, promptsHash } from '../prompts/load.ts';
import { asData, passageBlock } from './data.ts';
import { sentinel } from './sentinel.ts';

/** The prompt files of an answer, in the order in which they are hashed. */
const files = [
  'answer',
  'question',
  'length-short',
  'length-usual',
  'length-long',
  'again',
] as const;

export type AnswerPrompts = {
  readonly texts: Readonly<Record<(typeof files)[number], string>>;
  /** What a release pins. */
  readonly hash: string;
};

/** @throws PermanentError `prompt.missing` */
export function loadAnswerPrompts(): AnswerPrompts {
  const texts = Object.fromEntries(files.map((name) => [name, loadPrompt(name).text]));
  return { texts: texts as AnswerPrompts['texts'], hash: promptsHash(files) };
}

/** Whose twin it is, as the prompt says it. */
export type Voice = {
  readonly author: string;
  /** A few lines on how the author writes; empty where the adapter's weights know. */
  readonly style: string;
};

/** What comes first in every conversation of a twin, and so what endpoints share a cache by. */
export function systemText({ texts }: AnswerPrompts, { author, style }: Voice): string {
  return fill(texts.answer, { author, voice: style, no_answer: sentinel }).replace(
    /\n{3,}/gu,
    '\n\n',
  );
}

/** Requests with the same beginning and weights go to the same endpoint. */
export function affinityOf(system: string, adapter: string | null): string {
  return createHash('sha256')
    .update(`${adapter ?? ''}\n${system}`)
    .digest('hex')
    .slice(0, 16);
}

/**
 * A conversation in the order that prefix caches want: what never changes, then what only grows, and last what is
 * different every time. Passages stand in the order of their numbers, the question after them, where models heed it
 * most (Liu et al. 2024, "Lost in the Middle").
 */
export function messagesOf(
  { texts }: AnswerPrompts,
  system: string,
  history: readonly Turn[],
  passages: readonly Passage[],
  { question, length }: Pick<ChatRequest, 'question' | 'length'>,
): ChatMessage[] {
  const inOrder = [...passages].sort((a, b) => a.number - b.number);
  const asked = fill(texts.question, {
    passages: inOrder.map(passageBlock).join('\n\n'),
    question: asData(question),
    length: texts[`length-${length ?? 'usual'}`],
    again: inOrder.some(({ usedBefore }) => usedBefore) ? texts.again : '',
    no_answer: sentinel,
  });
  return [
    { role: 'system', content: system },
    ...history.map(said),
    { role: 'user', content: asked },
  ];
}

function said({ role, text }: Turn): ChatMessage {
  return role === 'user'
    ? { role: 'user', content: asData(text) }
    : { role: 'assistant', content: asData(text) };
}

/** An earlier answer's citations number other passages than this one's. */
const oldMark = /[ \t]*\[\d{1,3}\](?!\()/gu;

/** One thing asked and what was answered: what is kept or left out together. */
export type Exchange = readonly [asked: Turn, answered: Turn];

/**
 * The thread as exchanges, oldest first. Many chat templates refuse anything but user and assistant in turns, so
 * several messages in a row become one, and what nobody answered or asked for is left out.
 */
export function exchangesOf(history: readonly Turn[]): Exchange[] {
  const turns: Turn[] = [];
  for (const { role, text } of history) {
    const words = (role === 'twin' ? text.replace(oldMark, '') : text).trim();
    const last = turns.at(-1);
    if (words === '') continue;
    if (last?.role === role) turns[turns.length - 1] = { role, text: `${last.text}\n\n${words}` };
    else turns.push({ role, text: words });
  }
  if (turns[0]?.role === 'twin') turns.shift();
  const exchanges: Exchange[] = [];
  for (let index = 0; index + 1 < turns.length; index += 2) {
    const [asked, answered] = [turns[index], turns[index + 1]];
    if (asked && answered) exchanges.push([asked, answered]);
  }
  return exchanges;
}
