import { stems } from '../../serving/chat/extractive/terms.ts';
import type { Passage } from '../../serving/chat/port.ts';

/** The stems of a passage and of what stands above it. */
export type Vocabulary = (passage: Passage) => ReadonlySet<string>;

/** Passages whose stems are remembered: popular ones are read all day, and stemming is most of what reading costs. */
const mostPassages = 500;

export function openVocabulary(): Vocabulary {
  const known = new Map<string, ReadonlySet<string>>();
  return ({ text, context }) => {
    const key = `${context}\n${text}`;
    const found = known.get(key) ?? new Set([...stems(text), ...stems(context)]);
    known.delete(key);
    known.set(key, found);
    const [oldest] = known.keys();
    if (known.size > mostPassages && oldest !== undefined) known.delete(oldest);
    return found;
  };
}

/** Whether a stem stands in one of several passages. */
export function standsIn(vocabularies: readonly ReadonlySet<string>[]): (stem: string) => boolean {
  return (stem) => vocabularies.some((vocabulary) => vocabulary.has(stem));
}
