import type { types } from '@slack/bolt';
import type { AnswerSource } from '../../../pipelines/inference/ask.ts';
import { slackMrkdwn } from '../../markdown/slack.ts';
import type { Say } from '../../strings/strings.ts';
import { httpAddress } from './answer-text.ts';
import { clipped, literal, mrkdwn } from './mrkdwn.ts';

const mostTitle = 150;
/** Slack's limit for the text of a section. */
const mostText = 3_000;

/** The sources that an answer cites: number, title, author, date. Nothing when it cites none. */
export function sourcesBlocks(
  sources: readonly AnswerSource[],
  say: Say,
): readonly types.SectionBlock[] {
  if (sources.length === 0) return [];
  const texts = [`*${say('sources.heading')}*`];
  // Passages of one document are one line, under all their numbers.
  for (const passages of Map.groupBy(sources, ({ documentId }) => documentId).values()) {
    const line = clipped(slackMrkdwn(sourceLine(passages, say)), mostText);
    const longer = `${texts.at(-1)}\n${line}`;
    if (longer.length <= mostText) texts.splice(-1, 1, longer);
    else texts.push(line);
  }
  return texts.map((text) => ({ type: 'section', text: mrkdwn(text) }));
}

function sourceLine(passages: readonly AnswerSource[], say: Say): string {
  const [source] = passages;
  if (source === undefined) return '';
  const words = literal(clipped(source.title, mostTitle)) || literal(source.source);
  const address = httpAddress(source.link);
  const title = address === null ? words : `[${words}](${address})`;
  const author = literal(source.author);
  const line =
    source.publishedAt === null
      ? say('sources.undated', { title, author })
      : say('sources.line', { title, author, date: say.date(source.publishedAt) });
  const numbers = passages.map(({ number }) => `(${number})`).join(' ');
  return `**${numbers}** ${line}`;
}
