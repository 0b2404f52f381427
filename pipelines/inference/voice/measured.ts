import type { Voice } from '../generate/messages.ts';
import type { StyleProfile } from './style.ts';

/** The writing as far as a voice is measured on it. */
export type Writing = {
  authors(): Promise<readonly { readonly name: string }[]>;
  /** Null while there is too little of it to say. */
  style(): Promise<StyleProfile | null>;
};

/** More names than these make no voice. */
const mostNames = 3;

/**
 * The voice of the writing as it was measured. Numbers alone, no words of it: what stands in a prompt can be talked
 * out of a model, and favourite words may come from writing that the asker must not see.
 *
 * @param trained whether the model's weights know the voice: told on top of that they overdo it, so no style is said
 */
export async function measuredVoice(
  writing: Writing,
  { trained }: { readonly trained: boolean },
): Promise<Voice> {
  const [authors, profile] = await Promise.all([
    writing.authors(),
    trained ? null : writing.style(),
  ]);
  return { author: named(authors.map(({ name }) => name)), style: profile ? styleOf(profile) : '' };
}

function named(names: readonly string[]): string {
  if (names.length === 0 || names.length > mostNames) return 'the author';
  return new Intl.ListFormat('en', { type: 'conjunction' }).format(names);
}

const markNames: Readonly<Record<string, string>> = {
  ';': 'semicolons',
  '—': 'dashes',
  ':': 'colons',
  '!': 'exclamation marks',
  '…': 'ellipses',
  '(': 'parentheses',
};
/** Uses in a thousand words from which a mark is a habit, and below which it is avoided. */
const habit = 4;
const avoided = 0.2;

function styleOf({ sentenceWords, paragraphSentences, questions, punctuation }: StyleProfile) {
  const names = (fits: (perThousand: number) => boolean) =>
    punctuation.flatMap(({ mark, perThousand }) =>
      fits(perThousand) && markNames[mark] !== undefined ? [markNames[mark]] : [],
    );
  const used = names((perThousand) => perThousand >= habit);
  const shunned = names((perThousand) => perThousand < avoided);
  return [
    `Sentences have about ${Math.round(sentenceWords)} words, paragraphs about ${Math.max(1, Math.round(paragraphSentences))} sentences.`,
    ...(questions >= 0.08 ? ['Now and then there is a question.'] : []),
    ...(used.length > 0 ? [`There are ${listed(used)}.`] : []),
    ...(shunned.length > 0 ? [`There are no ${listed(shunned, 'disjunction')}.`] : []),
  ].join(' ');
}

const listed = (names: readonly string[], type: 'conjunction' | 'disjunction' = 'conjunction') =>
  new Intl.ListFormat('en', { type }).format(names);
