import type { AnswerSource, RetrievedPassage } from './types.ts';

/** A passage as an answer shows it, numbered by its place in the ranking. */
export function sourceOf({ chunk, scores }: RetrievedPassage, index: number): AnswerSource {
  const { attributes } = chunk;
  return {
    number: index + 1,
    chunkId: chunk.id,
    documentId: chunk.documentId,
    title: attributes.title,
    author: attributes.author.name,
    authorId: attributes.author.id,
    source: attributes.source,
    kind: attributes.kind,
    link: attributes.link,
    publishedAt: attributes.publishedAt,
    headingPath: chunk.headingPath,
    text: chunk.text,
    start: chunk.start,
    end: chunk.end,
    scores,
  };
}

/** A part of an answer with its citations drawn as [1][2], for channels and logs that are plain text. */
export function markedText(text: string, citations: readonly number[]): string {
  if (citations.length === 0) return text;
  const marks = citations.map((number) => `[${number}]`).join('');
  // After a block the marks stand on a line of their own: inside a fence or a row they would be content.
  return /(?:^|\n)(?:`{3,}|~{3,}|\|.*\|)$/u.test(text) ? `${text}\n\n${marks}` : `${text} ${marks}`;
}
