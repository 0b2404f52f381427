import { withoutSlackPings } from '../../markdown/pings.ts';
import { plainText } from '../../markdown/plain.ts';
import { slackMrkdwn } from '../../markdown/slack.ts';

/** Somebody's text as it stands, in Markdown: none of it formats, links or mentions. */
export function literal(text: string): string {
  return text
    .replace(/\s+/gu, ' ')
    .trim()
    .replace(/[!-/:-@[-`{-~]/gu, '\\$&');
}

/** Somebody's text as it stands, for a mrkdwn field. */
export const literalMrkdwn = (text: string): string => slackMrkdwn(literal(text));

/** The three characters that Slack reads as markup wherever they stand. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Cut to a length in UTF-16 units, at a character, with an ellipsis where something is missing. */
export function clipped(text: string, most: number): string {
  if (text.length <= most) return text;
  const cut = text.slice(0, most - 1);
  return `${cut.isWellFormed() ? cut : cut.slice(0, -1)}…`;
}

/** Slack's limit for the text of chat.update, a tenth of what chat.postMessage takes, less some room. */
const mostFallback = 3_500;

/** Markdown for screen readers, notifications and clients that draw no blocks; citations as [1]. */
export function fallbackText(markdown: string): string {
  const cited = markdown.replace(/\[(\d{1,3})\]\(https?:[^\s()]*\)/gu, '\\[$1\\]');
  return clipped(withoutSlackPings(escaped(plainText(cited))), mostFallback);
}

/** Slack's limits for what stands on things, in characters. */
export const mostOn = { title: 24, button: 75, option: 75 } as const;

export const plain = (text: string) => ({ type: 'plain_text', text, emoji: true }) as const;
export const mrkdwn = (text: string) => ({ type: 'mrkdwn', text, verbatim: true }) as const;
