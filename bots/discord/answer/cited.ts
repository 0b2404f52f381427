import { webAddress } from '../../markdown/links.ts';
import type { AnswerSource, ReplyEvent } from './events.ts';

export type Part = Pick<Extract<ReplyEvent, { type: 'text' }>, 'text' | 'citations'>;

/** A mark inside a fence or a table row would be content: it gets a line of its own. */
const afterBlock = /(?:^|\n)(?:`{3,}|~{3,}|\|.*\|)$/u;

/**
 * The answer as Markdown with its citations as numbered links. Sentences that run on from the same sources
 * share the mark after the last of them.
 */
export function citedMarkdown(parts: readonly Part[], sources: readonly AnswerSource[]): string {
  const links = new Map(sources.map(({ number, link }) => [number, webLink(link)]));
  let markdown = '';
  let pending = '';
  for (const { text, citations } of parts) {
    const marks = citations.map((number) => markOf(number, links.get(number) ?? null)).join('');
    const block = afterBlock.test(text);
    const drawn = marks && `${block ? '\n\n' : ' '}${marks}`;
    const runsOn = pending === drawn && !block && !text.startsWith('\n');
    markdown += runsOn ? text : pending + text;
    pending = drawn;
  }
  return markdown + pending;
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
