import { type Page, separator, text } from '../answer/components.ts';
import { escaped } from '../answer/sources.ts';
import type { Desk } from '../desk.ts';
import type { Asked } from '../interactions/asked.ts';

/** Two lists of so many lines fit one message with room to spare. */
const mostLines = 20;
const longestLine = 80;

/** `/sources`: what the twin answers from, as this person may see it here. */
export async function sourcesPage(desk: Desk, asked: Asked): Promise<Page> {
  const { conversation, knowledge, now } = desk;
  const { say, place, person } = asked;
  const allowed = await conversation.access(place, person);
  if (!allowed.allowed) return [text(say('access.person'))];
  const { access } = allowed;
  const [overview, sources, authors] = await Promise.all([
    knowledge.overview(access),
    knowledge.sources(access),
    knowledge.authors(access),
  ]);
  if (overview.documents === 0) return [text(say('home.empty'))];
  const { documents, passages, collectedAt } = overview;
  const line = (name: string, count: number) =>
    `- ${say('sources.documents', { source: shortened(escaped(name)), count })}`;
  return [
    text(`### ${say('sources.list')}\n${say('home.counts', { documents, passages })}`),
    text(
      limited(
        sources.map((source) => line(source.name, source.documents)),
        asked,
      ),
    ),
    separator,
    text(
      `**${say('home.authors')}**\n${limited(
        authors.map((author) => line(author.name, author.documents)),
        asked,
      )}`,
    ),
    ...(collectedAt === null
      ? []
      : [text(`-# ${say('home.fresh', { ago: say.ago(Date.parse(collectedAt), now()) })}`)]),
  ];
}

function limited(lines: readonly string[], { say }: Asked): string {
  const left = lines.length - mostLines;
  if (left <= 0) return lines.join('\n');
  return [...lines.slice(0, mostLines), `- ${say('sources.more', { count: left })}`].join('\n');
}

const shortened = (name: string): string =>
  name.length <= longestLine ? name : `${name.slice(0, longestLine - 1).replace(/\\$/u, '')}…`;
