import { literal } from './literal.ts';
import type { AbstentionWords, AnswerEvent, AnswerSource } from './types.ts';

type Text = Extract<AnswerEvent, { type: 'text' }>;

const offered = 3;

const english: AbstentionWords = {
  closest: 'I did not find an answer to this in the writing I was made from. The closest I have:',
  nothing: 'I did not find anything about this in the writing I was made from.',
};

/**
 * What the twin says instead of an answer: that it has none, and where one might look. It names sources
 * and claims nothing.
 */
export function* abstention(
  sources: readonly AnswerSource[],
  words: AbstentionWords = english,
): Generator<Text> {
  const nearest = sources.filter(
    (source, index) =>
      sources.findIndex(({ documentId }) => documentId === source.documentId) === index,
  );
  if (nearest.length === 0) {
    yield said(words.nothing);
    return;
  }
  yield said(`${words.closest}\n`);
  for (const { number, title, headingPath } of nearest.slice(0, offered)) {
    const heading = headingPath.at(-1);
    const place = heading === undefined || heading === title ? title : `${title} › ${heading}`;
    yield { type: 'text', text: `\n- ${literal(place)}`, citations: [number] };
  }
}

function said(text: string): Text {
  return { type: 'text', text, citations: [] };
}
