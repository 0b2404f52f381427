import { type Page, text } from '../answer/components.ts';
import { escaped } from '../answer/sources.ts';
import type { Desk } from '../desk.ts';
import type { Asked } from '../interactions/asked.ts';

/** `/help`: how to ask, with questions that have an answer. */
export async function helpPage(desk: Desk, { say, place, person }: Asked): Promise<Page> {
  const { conversation, knowledge, me } = desk;
  const allowed = await conversation.access(place, person);
  const access = allowed.allowed ? allowed.access : { sources: [] };
  const [{ authors }, suggestions] = await Promise.all([
    knowledge.overview(access),
    knowledge.suggestions(3, access),
  ]);
  const author = authors.length === 0 ? '…' : escaped(say.list(authors.slice(0, 3)));
  const how = [
    say('help.mention', { name: `<@${me}>` }),
    say('help.discord.ask'),
    say('help.discord.sources'),
    say('help.discord.style'),
    say('help.discord.feedback'),
    say('help.discord.summary'),
    say('help.discord.settings'),
    say('help.discord.help'),
  ];
  return [
    text(`### ${say('help.title')}\n${say('help.intro', { author })}`),
    text(how.map((line) => `- ${line}`).join('\n')),
    ...(suggestions.length === 0
      ? []
      : [
          text(
            [
              `**${say('welcome.prompts')}**`,
              ...suggestions.map((prompt) => `- ${escaped(prompt.slice(0, 200))}`),
            ].join('\n'),
          ),
        ]),
    text(`-# ${say('help.limits')}`),
  ];
}
