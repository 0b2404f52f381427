import { slackMrkdwn } from '../../markdown/slack.ts';

/** Somebody's text as it stands, in Markdown: none of it formats, links or mentions. */
export function literal(text: string): string {
  return text.replace(/\s+/gu, ' ').trim().replace(/[!-/:-@[-`{-~]/gu, '\\$&');
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

export const plain = (text: string) => ({ type: 'plain_text', text, emoji: true }) as const;
export const mrkdwn = (text: string) => ({ type: 'mrkdwn', text, verbatim: true }) as const;
