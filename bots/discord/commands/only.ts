import type { Access } from '../../../pipelines/stores/features/port.ts';
import type { Only } from '../../conversation/message.ts';
import type { Desk } from '../desk.ts';
import type { Asked } from '../interactions/asked.ts';
import { textOption } from '../interactions/options.ts';
import type { CommandInteraction } from '../payloads/interaction.ts';
import { readSince } from './since.ts';

/** The limits that the options of `/ask` set, or why they cannot be met. */
export async function readOnly(
  { knowledge }: Pick<Desk, 'knowledge'>,
  { say }: Asked,
  access: Access | undefined,
  options: CommandInteraction['data']['options'],
): Promise<{ readonly only: Only } | { readonly problem: string }> {
  const author = textOption(options, 'author');
  const source = textOption(options, 'source');
  const since = textOption(options, 'since');
  const only: { -readonly [K in keyof Only]: Only[K] } = {};
  if (author !== undefined) {
    const authors = await knowledge.authors(access);
    const known = authors.filter(({ id, name }) => id === author || same(name, author));
    if (known.length === 0) return { problem: say('discord.authorUnknown', { author }) };
    only.authors = known.map(({ id }) => id);
  }
  if (source !== undefined) {
    const known = (await knowledge.sources(access)).find(({ name }) => same(name, source));
    if (known === undefined) return { problem: say('access.source', { source }) };
    only.sources = [known.name];
  }
  if (since !== undefined) {
    const date = readSince(since);
    if (date === undefined) return { problem: say('discord.sinceUnknown', { since }) };
    only.since = date;
  }
  return { only };
}

const same = (a: string, b: string): boolean =>
  a.localeCompare(b, undefined, { sensitivity: 'base' }) === 0;
