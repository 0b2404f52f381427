import type { Person, Place } from '../../conversation/message.ts';
import { type Say, stringsFor } from '../../strings/strings.ts';
import type { Desk } from '../desk.ts';
import { isThread } from '../payloads/channel.ts';
import type { Interaction } from '../payloads/interaction.ts';
import { hasPermission } from '../permissions.ts';
import type { InteractionReply } from '../reply.ts';
import type { Body } from '../wire.ts';

/** Answers an interaction; resolves with the id of the message that the answer is, where it is told. */
export type Respond = (response: Body) => Promise<string | null>;

/** Who did something, where, and in which language they are answered. */
export type Asked = {
  readonly person: Person;
  /** As people see them here. */
  readonly name: string;
  readonly place: Place;
  /** Where it happened: a thread rather than its channel. */
  readonly channel: string;
  readonly inThread: boolean;
  readonly canPost: boolean;
  readonly say: Say;
};

export function askedBy(interaction: Interaction): Asked {
  const { channel, guild_id: guild, member, context } = interaction;
  const user = member?.user ?? interaction.user;
  const id = channel?.id ?? interaction.channel_id ?? '';
  const inThread = channel !== undefined && isThread(channel);
  const locale = interaction.locale ?? interaction.guild_locale ?? null;
  return {
    person: { id: user?.id ?? '', roles: member?.roles ?? [], locale, bot: user?.bot ?? false },
    name: member?.nick ?? user?.global_name ?? user?.username ?? '',
    place: {
      platform: 'discord',
      workspace: guild ?? null,
      channel: inThread ? (channel.parent_id ?? id) : id,
      kind: guild === undefined ? 'direct' : 'channel',
    },
    channel: id,
    inThread,
    canPost: context === 1 || mayPost(interaction, inThread),
    say: stringsFor(locale),
  };
}

/** The bot is a member of the server, not only somebody's own companion there, and may write. */
function mayPost(interaction: Interaction, inThread: boolean): boolean {
  const { guild_id: guild, authorizing_integration_owners: owners, app_permissions } = interaction;
  if (guild === undefined || owners['0'] !== guild) return false;
  const writing = inThread ? 'SendMessagesInThreads' : 'SendMessages';
  return hasPermission(app_permissions, 'ViewChannel') && hasPermission(app_permissions, writing);
}

/** How the answer to this interaction is shown. */
export function replyTo(
  { now, timing }: Pick<Desk, 'now' | 'timing'>,
  interaction: Interaction,
  asked: Asked,
  shown: Pick<InteractionReply, 'of' | 'message' | 'ephemeral' | 'quote' | 'acknowledged'>,
): InteractionReply {
  return {
    via: 'interaction',
    interaction: interaction.id,
    channel: asked.channel,
    handle: {
      application: interaction.application_id,
      token: interaction.token,
      untilMs: now() + timing.tokenMs,
    },
    canPost: asked.canPost,
    inThread: asked.inThread,
    ...shown,
  };
}
