import type { Turn } from '../../../pipelines/inference/ask.ts';
import { ApiError } from '../http/api-error.ts';
import type { OpenAiMessage } from '../schemas/openai.ts';

/**
 * What OpenAI's list of messages asks, and what was said before. System messages are left out: who the twin is and how
 * it speaks is part of its release, and what a client says is never an instruction. So are tools' results.
 *
 * @throws ApiError where the last message is not a user's, or not in words.
 */
export function conversationOf(messages: readonly OpenAiMessage[]): {
  readonly question: string;
  readonly history: readonly Turn[];
} {
  const said = messages.filter(({ role }) => role === 'user' || role === 'assistant');
  const last = said.at(-1);
  if (last?.role !== 'user') throw unasked('The last message must be a user’s.');
  if (Array.isArray(last.content) && last.content.some(({ type }) => type !== 'text')) {
    throw unasked('The twin reads words only: no images, sounds or files.');
  }
  const question = wordsOf(last).trim();
  if (question === '') throw unasked('The last message says nothing.');
  const history = said.slice(0, -1).flatMap((message): Turn[] => {
    const text = wordsOf(message);
    return text === '' ? [] : [{ role: message.role === 'user' ? 'user' : 'twin', text }];
  });
  return { question, history };
}

const wordsOf = ({ content }: OpenAiMessage): string =>
  Array.isArray(content) ? content.flatMap(({ text }) => text ?? []).join('\n') : (content ?? '');

const unasked = (detail: string) =>
  new ApiError(detail, {
    status: 400,
    code: 'question.unreadable',
    title: 'There is no question',
    errors: [{ pointer: '/messages', detail }],
  });
