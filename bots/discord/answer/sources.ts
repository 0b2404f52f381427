import { discordMarkdown } from '../../markdown/discord.ts';
import type { Say } from '../../strings/strings.ts';
import { webLink } from './cited.ts';
import type { AnswerSource } from './events.ts';

/** Titles and names are cut here: the list is there to be looked over. */
const longestTitle = 150;
const longestName = 80;

/** The sources an answer cites, a line each: number, title as a link, author and date. */
export function sourcesText(cited: readonly AnswerSource[], say: Say): string {
  const lines = cited.map(({ number, title, author, publishedAt, link }) => {
    const address = webLink(link);
    const words = escaped(shortened(title, longestTitle));
    const by = escaped(shortened(author, longestName));
    const named = address === null ? words : `[${words}](<${address}>)`;
    const line =
      publishedAt === null
        ? say('sources.undated', { title: named, author: by })
        : say('sources.line', {
            title: named,
            author: by,
            date: say.date(publishedAt),
          });
    return `-# **${number}** ${line}`;
  });
  return [`**${say('sources.heading')}**`, ...lines].join('\n');
}

const shortened = (words: string, most: number): string =>
  words.length <= most ? words : `${words.slice(0, most - 1).trimEnd()}…`;

/** Words from outside as nothing but words: one line, no marks, no mentions. */
export function escaped(words: string): string {
  const markdown = words.replace(/\s+/gu, ' ').replace(/[\\`*_~[\]|<>#+\-.!&:@]/gu, '\\$&');
  return discordMarkdown(markdown).trim();
}
