import type { AnswerSource } from '../../../pipelines/inference/ask.ts';
import type { ReplyEvent } from '../../conversation/channel.ts';
import { openCitedText } from '../../markdown/citations.ts';
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

/** Links lead to the answer's sources and nowhere else: whatever else the text links to is its words. */
export function openAnswerText(): AnswerText {
  const addresses = new Map<number, string | null>();
  const sourceAddresses = new Set<string>();
  const options = { mayLink: (url: string) => sourceAddresses.has(url) };

  const cited = openCitedText((number) => {
    const address = addresses.get(number);
    // In round brackets: square ones would have to be escaped, and an escape that Slack did not read would show.
    return address ? `[(${number})](${address})` : `(${number})`;
  });

  return {
    sources(sources) {
      for (const { number, link } of sources) {
        const address = httpAddress(link);
        addresses.set(number, address);
        if (address !== null) sourceAddresses.add(address);
      }
    },
    add: cited.add,
    settled: () => slackAppendable(cited.settled(), options),
    whole: () => slackMarkdown(cited.whole(), options),
  };
}

/** The address of a source that people can open; null for files and the like. */
export function httpAddress(link: string): string | null {
  const address = webAddress(link);
  return address !== null && /^https?:/u.test(address) ? address : null;
}
