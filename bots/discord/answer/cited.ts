import { openCitedText } from '../../markdown/citations.ts';
import { webAddress } from '../../markdown/links.ts';
import type { AnswerSource, ReplyEvent } from './events.ts';

export type Part = Pick<Extract<ReplyEvent, { type: 'text' }>, 'text' | 'citations'>;

/** The answer as Markdown with its citations as numbered links. */
export function citedMarkdown(parts: readonly Part[], sources: readonly AnswerSource[]): string {
  const links = new Map(sources.map(({ number, link }) => [number, webLink(link)]));
  const cited = openCitedText((number) => markOf(number, links.get(number) ?? null));
  for (const part of parts) cited.add(part);
  return cited.whole();
}

function markOf(number: number, link: string | null): string {
  return link === null ? `\\[${number}\\]` : `[\\[${number}\\]](<${link}>)`;
}

/** A longer address would leave no room for what it is cited for. */
const longestLink = 500;

/** An address that people can open; writing from a folder has none. */
export function webLink(link: string): string | null {
  const address = webAddress(link);
  return address?.startsWith('http') === true && address.length <= longestLink ? address : null;
}
