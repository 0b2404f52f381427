import type { ChatMessage } from '../../../serving/language-model/port.ts';
import type { Question } from '../../types.ts';
import type { Known } from './known.ts';
import type { Wanted } from './shape.ts';

/** Turns of the thread that are shown; what was said earlier is seldom meant. */
const mostTurns = 6;
/** In UTF-16 units. What the twin said is long and half of it quotations: its beginning is enough to point back at. */
const longestTurn = { user: 500, twin: 300 };
const longestQuestion = 2_000;

/** What names are looked for in: the question, and what its asker said before. */
export const askedText = ({ text, history }: Pick<Question, 'text' | 'history'>): string =>
  [...history.slice(-mostTurns), { role: 'user', text: text.slice(0, longestQuestion) }]
    .filter(({ role }) => role === 'user')
    .map((turn) => turn.text.slice(0, longestQuestion))
    .join('\n');

/**
 * The prompt, and the question as one JSON object: a string inside JSON cannot end its own quotation, so that
 * whatever a question or a thread says, it says it as data. What changes least stands first, so that an engine's
 * prefix cache has most of it.
 */
export function requestFor(
  prompt: string,
  { text, history, now }: Pick<Question, 'text' | 'history' | 'now'>,
  known: Known,
  wanted: Wanted,
): readonly ChatMessage[] {
  const conversation = history
    .slice(-mostTurns)
    .map((turn) => ({ [turn.role]: turn.text.slice(0, longestTurn[turn.role]) }));
  const question = text.slice(0, longestQuestion);
  const data = {
    wanted: Object.fromEntries(Object.entries(wanted).filter(([, most]) => most > 0)),
    known,
    today: now.slice(0, 10),
    ...(conversation.length > 0 && { conversation }),
    question,
  };
  return [
    { role: 'system', content: prompt },
    { role: 'user', content: JSON.stringify(data) },
  ];
}
