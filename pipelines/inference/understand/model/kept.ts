import type { QuestionReader } from '../reader.ts';
import type { Vocabulary } from '../vocabulary.ts';

type Read = QuestionReader['read'];

/**
 * Keeps the latest readings, so that "shorter", "longer" and "again" do not ask the model twice. A reading belongs to one
 * state of the warehouse as one audience sees it: the vocabulary object stands for both, and lives no longer than they do.
 * Only what was read is kept: a failure, or a reading that was given up, is tried afresh.
 */
export function keptReadings(read: Read, most: number): Read {
  const numbers = new WeakMap<Vocabulary, number>();
  let vocabularies = 0;
  const kept = new Map<string, Awaited<ReturnType<Read>>>();
  return async (question, vocabulary, signal) => {
    const number = numbers.get(vocabulary) ?? ++vocabularies;
    numbers.set(vocabulary, number);
    // "Last month" is another month tomorrow.
    const day = question.now.slice(0, 10);
    const thread = question.history.map(({ role, text }) => [role, text]);
    const key = JSON.stringify([number, day, question.text, thread]);
    const known = kept.get(key);
    const reading = known ?? (await read(question, vocabulary, signal));
    const { usage: _, ...free } = reading;
    kept.delete(key);
    kept.set(key, free);
    const [oldest] = kept.keys();
    if (kept.size > most && oldest !== undefined) kept.delete(oldest);
    return reading;
  };
}
