import { z } from 'zod';
import { mistake, refusal } from '../core.ts';
import { channelIn, type StoredMessage, type Team } from '../team.ts';
import { ts } from './args.ts';
import { type Call, method } from './method.ts';

const EMOJI = /^[a-z0-9_+'-]+(::skin-tone-[2-6])?$/;
const args = { channel: z.string(), timestamp: ts, name: z.string() };

export const reactionMethods = {
  'reactions.add': method({
    tier: 3,
    scopes: ['reactions:write'],
    args,
    run: (given, { core, team }) => {
      const message = target(team, given);
      if (message.reactions.some((one) => one.name === given.name && one.user === team.bot.user)) {
        throw refusal('already_reacted');
      }
      message.reactions.push({ name: given.name, user: team.bot.user });
      core.changes.changed();
      return {};
    },
  }),
  'reactions.remove': method({
    tier: 2,
    scopes: ['reactions:write'],
    args,
    run: (given, { core, team }: Call) => {
      const message = target(team, given);
      const at = message.reactions.findIndex(
        (one) => one.name === given.name && one.user === team.bot.user,
      );
      if (at < 0) throw refusal('no_reaction');
      message.reactions.splice(at, 1);
      core.changes.changed();
      return {};
    },
  }),
};

function target(
  team: Team,
  given: { readonly channel: string; readonly timestamp: string; readonly name: string },
): StoredMessage {
  if (!EMOJI.test(given.name)) throw mistake('invalid_name', 'an emoji name without colons');
  const channel = channelIn(team, given.channel);
  if (channel.archived) throw refusal('is_archived');
  const message = channel.byTs.get(given.timestamp);
  if (message === undefined) throw mistake('message_not_found');
  if (message.deleted) throw refusal('message_not_found');
  return message;
}
