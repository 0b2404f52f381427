import type { Rooms } from '../rest/routes/route.ts';
import type { Channel } from '../types/people.ts';
import type { DiscordServer } from '../types/server.ts';
import { commandPayload } from '../world/commands.ts';
import { THREAD_CREATED, THREAD_STARTER } from '../world/world.ts';
import { channelHandle, seen } from './seen.ts';

type Views = Pick<
  DiscordServer,
  | 'channel'
  | 'threads'
  | 'messages'
  | 'message'
  | 'ephemerals'
  | 'modals'
  | 'unanswered'
  | 'asked'
  | 'typing'
  | 'commands'
  | 'commandWrites'
>;

/** What a test may look at: everything that anybody saw. */
export function createViews({ world, interactions, commands }: Rooms): Views {
  const idOf = (channel: Channel | string) => (typeof channel === 'string' ? channel : channel.id);
  return {
    channel: (id) => {
      const found = world.channels.get(id);
      return found && !found.deleted ? channelHandle(found) : undefined;
    },
    threads: (parent) =>
      [...world.channels.values()]
        .filter((one) => one.thread && one.parentId === parent.id && !one.deleted)
        .map(channelHandle),
    messages: (channel, { deleted = false, system = false, seenBy } = {}) =>
      (world.said.get(idOf(channel)) ?? [])
        .filter(
          (one) =>
            (deleted || !one.deleted) &&
            (system || (one.type !== THREAD_CREATED && one.type !== THREAD_STARTER)) &&
            (!seenBy || one.ephemeralFor === undefined || one.ephemeralFor === seenBy.id),
        )
        .map((one) => seen(world, one)),
    message: ({ id }) => {
      const found = world.messages.get(id);
      return found && seen(world, found);
    },
    ephemerals: (person) =>
      [...world.messages.values()]
        .filter((one) => one.ephemeralFor === person.id && !one.deleted)
        .map((one) => seen(world, one)),
    modals: (person) =>
      interactions.modals.filter((modal) => !person || modal.userId === person.id),
    unanswered: () =>
      interactions.all.filter((one) => !one.acknowledgement).map(({ asked }) => asked),
    asked: () => interactions.all.map(({ asked }) => asked),
    typing: (channel) => world.channels.get(idOf(channel))?.typed ?? 0,
    commands: (guild) =>
      commands.list(guild?.id).map((command) => ({
        id: command.id,
        name: command.name,
        type: command.type,
        guildId: command.guildId,
        payload: commandPayload(world, command, true),
      })),
    commandWrites: () => commands.writes(),
  };
}
