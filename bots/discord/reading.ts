import type { Desk } from './desk.ts';
import type { QuotedMessage } from './payloads/message.ts';
import { readable, type Self } from './readable.ts';

type Reading = Pick<Desk, 'me' | 'surroundings'>;

export const selfIn = ({ me, surroundings }: Reading, guild: string | undefined): Self => ({
  user: me,
  role: guild === undefined ? null : (surroundings.guild(guild)?.ownRole ?? null),
});

/** A message's text as a person reads it. */
export function readableMessage(desk: Reading, message: QuotedMessage): string {
  const { guild_id: guild, mentions } = message;
  const users = new Map(
    mentions.map(({ id, username, global_name, member }) => [
      id,
      member?.nick ?? global_name ?? username,
    ]),
  );
  return readable(message.content, selfIn(desk, guild), {
    user: (id) => users.get(id),
    role: (id) => (guild === undefined ? undefined : desk.surroundings.roleName(guild, id)),
    channel: (id) => desk.surroundings.channel(id)?.name ?? undefined,
  });
}
