import type { Access } from '../../../pipelines/stores/features/port.ts';
import type { Knowledge } from '../../conversation/knowledge.ts';
import { styleLines } from '../../conversation/style-lines.ts';
import type { Say } from '../../strings/strings.ts';
import { commandName } from '../manifest.ts';
import { clipped, literalMrkdwn } from './mrkdwn.ts';

const mostSources = 25;
const mostLine = 400;

/** Names of the authors in words, for "what … has written". */
export async function authorsOf(knowledge: Knowledge, say: Say, access?: Access): Promise<string> {
  const { authors } = await knowledge.overview(access);
  return authors.length === 0
    ? say('home.authors').toLowerCase()
    : say.list(authors.slice(0, 3).map((name) => literalMrkdwn(clipped(name, 60))));
}

/** What the twin answers from, as lines of mrkdwn. */
export async function sourcesLines(
  knowledge: Knowledge,
  access: Access | undefined,
  say: Say,
): Promise<readonly string[]> {
  const sources = await knowledge.sources(access);
  if (sources.length === 0) return [say('sources.none')];
  const lines = sources
    .slice(0, mostSources)
    .map(
      ({ name, documents }) =>
        `• ${say('sources.documents', { source: literalMrkdwn(clipped(name, 100)), count: documents })}`,
    );
  const left = sources.length - lines.length;
  return [`*${say('sources.list')}*`, ...lines, ...(left > 0 ? [`• … +${say.number(left)}`] : [])];
}

/** How the author writes, as lines of mrkdwn. */
export async function howItReads(
  knowledge: Knowledge,
  access: Access | undefined,
  say: Say,
): Promise<readonly string[]> {
  const [heading = '', ...lines] = await styleLines(say, knowledge, access);
  return [
    `*${literalMrkdwn(heading)}*`,
    ...lines.map((line) => `• ${literalMrkdwn(clipped(line, mostLine))}`),
  ];
}

/** How to use the twin, as lines of mrkdwn. */
export async function helpLines(
  knowledge: Knowledge,
  access: Access | undefined,
  say: Say,
  bot: string,
): Promise<readonly string[]> {
  const command = commandName;
  return [
    `*${say('help.title')}*`,
    say('help.intro', { author: await authorsOf(knowledge, say, access) }),
    '',
    `• ${say('help.mention', { name: `@${literalMrkdwn(bot)}` })}`,
    `• ${say('help.slack.ask', { command })}`,
    `• ${say('help.slack.sources', { command })}`,
    `• ${say('help.slack.style', { command })}`,
    `• ${say('help.slack.settings', { command })}`,
    `• ${say('help.slack.summary', { command })}`,
    `• ${say('help.slack.help', { command })}`,
    '',
    say('help.limits'),
  ];
}
