import type { AnswerSource } from '../../../pipelines/inference/ask.ts';
import type { ReplyEvent } from '../../conversation/channel.ts';
import { webAddress } from '../../markdown/links.ts';
import { slackMarkdown } from '../../markdown/slack.ts';
import { slackAppendable } from '../../markdown/stream.ts';

type Text = Extract<ReplyEvent, { readonly type: 'text' }>;

/** An answer as it grows, with its citations drawn as numbered links. */
export type AnswerText = {
  sources(sources: readonly AnswerSource[]): void;
  add(text: Text): void;
  /** As far as it will stay as it is: each begins with the one before. */
  settled(): string;
  whole(): string;
};

/**
 * Links lead to the answer's sources and nowhere else: whatever else the text links to is its words. Sentences
 * that run on from one source share the mark after the last of them.
 */
export function openAnswerText(): AnswerText {
  const addresses = new Map<number, string | null>();
  const sourceAddresses = new Set<string>();
  let markdown = '';
  let marks = '';
  const options = { mayLink: (url: string) => sourceAddresses.has(url) };

  const marksFor = (citations: readonly number[], text: string): string => {
    if (citations.length === 0) return '';
    const drawn = citations.map((number) => {
      const address = addresses.get(number);
      return address ? `[${number}](${address})` : `\\[${number}\\]`;
    });
    // Inside a fence or a table row a mark would be content: it gets a line of its own.
    const afterBlock = /(?:^|\n)(?:`{3,}|~{3,}|\|.*\|)\s*$/u.test(text);
    return `${afterBlock ? '\n\n' : ' '}${drawn.join(' ')}`;
  };

  return {
    sources(sources) {
      for (const { number, link } of sources) {
        const address = httpAddress(link);
        addresses.set(number, address);
        if (address !== null) sourceAddresses.add(address);
      }
    },
    add({ text, citations }) {
      const next = marksFor(citations, text);
      const runsOn = marks === next && next.startsWith(' ') && !text.startsWith('\n');
      markdown += runsOn ? text : marks + text;
      marks = next;
    },
    settled: () => slackAppendable(markdown, options),
    whole: () => slackMarkdown(markdown + marks, options),
  };
}

/** The address of a source that people can open; null for files and the like. */
export function httpAddress(link: string): string | null {
  const address = webAddress(link);
  return address !== null && /^https?:/u.test(address) ? address : null;
}
