import { z } from 'zod';
import { mistake, Refusal, refusal } from '../core.ts';
import { createMessage, post, remove, rewrite } from '../messages.ts';
import {
  type Channel,
  channelFor,
  channelToWrite,
  personIn,
  type StoredMessage,
  type Team,
} from '../team.ts';
import { messageJson } from '../wire.ts';
import { flag, json, list, ts } from './args.ts';
import { authorship, checkContent, checkMetadata, content, threadOf } from './content.ts';
import { type Call, method } from './method.ts';

const MOST_TEXT = 40_000;
/** Of chat.update, which allows a tenth of what posting does. */
export const MOST_UPDATED_TEXT = 4_000;

export const chatMethods = {
  'chat.postMessage': method({
    tier: 'message',
    scopes: ['chat:write'],
    args: {
      channel: z.string(),
      ...content,
      ...authorship,
      thread_ts: ts.optional(),
      reply_broadcast: flag.optional(),
      metadata: json.optional(),
      mrkdwn: flag.optional(),
      unfurl_links: flag.optional(),
      unfurl_media: flag.optional(),
    },
    run: (args, call) => {
      const { core, team } = call;
      const said = checkContent(args, MOST_TEXT);
      mayDress(args, team);
      const channel = channelToWrite(team, args.channel);
      const message = post(core, team, channel, {
        ...said,
        user: team.bot.user,
        bot_id: team.bot.id,
        thread_ts: threadOf(channel, args.thread_ts, reply(call, 'chat.postMessage')),
        metadata: checkMetadata(args.metadata),
        broadcast: args.reply_broadcast,
        unfurl_links: args.unfurl_links,
        unfurl_media: args.unfurl_media,
      });
      return { channel: channel.id, ts: message.ts, message: messageJson(core, team, message) };
    },
  }),
  'chat.postEphemeral': method({
    tier: 4,
    scopes: ['chat:write'],
    args: {
      channel: z.string(),
      user: z.string(),
      ...content,
      ...authorship,
      thread_ts: ts.optional(),
      metadata: json.optional(),
    },
    run: (args, call) => {
      const { core, team } = call;
      const said = checkContent(args, MOST_TEXT);
      const channel = channelToWrite(team, args.channel);
      const person = personIn(team, args.user);
      if (!channel.members.has(person.id)) throw refusal('user_not_in_channel');
      const message = createMessage(core, channel.id, {
        ...said,
        user: team.bot.user,
        bot_id: team.bot.id,
        thread_ts: threadOf(channel, args.thread_ts, reply(call, 'chat.postEphemeral')),
        ephemeralTo: person.id,
      });
      team.ephemerals.push(message);
      core.changes.changed();
      return { message_ts: message.ts };
    },
  }),
  'chat.update': method({
    tier: 3,
    scopes: ['chat:write'],
    args: {
      channel: z.string(),
      ts,
      ...content,
      as_user: flag.optional(),
      metadata: json.optional(),
      reply_broadcast: flag.optional(),
      file_ids: list.optional(),
    },
    run: (args, { core, team }) => {
      const said = checkContent(args, MOST_UPDATED_TEXT);
      const metadata = checkMetadata(args.metadata);
      const { channel, message } = own(team, args.channel, args.ts, 'cant_update_message');
      if (channel.archived) throw refusal('is_inactive');
      if (message.stream?.state === 'in_progress') throw mistake('streaming_state_conflict');
      rewrite(core, team, channel, message, (it) => {
        it.text = args.text === undefined && args.markdown_text === undefined ? it.text : said.text;
        // Without blocks, new text takes the old ones away.
        it.blocks = said.blocks ?? (args.text === undefined ? it.blocks : []);
        it.attachments = said.attachments ?? it.attachments;
        it.metadata = metadata ?? it.metadata;
        if (said.blocks === undefined) it.edited = { user: team.bot.user, ts: core.ids.ts() };
      });
      return {
        channel: channel.id,
        ts: message.ts,
        text: message.text,
        message: messageJson(core, team, message),
      };
    },
  }),
  'chat.delete': method({
    tier: 3,
    scopes: ['chat:write'],
    args: { channel: z.string(), ts, as_user: flag.optional() },
    run: (args, { core, team }) => {
      const { channel, message } = own(team, args.channel, args.ts, 'cant_delete_message');
      remove(core, team, channel, message);
      return { channel: channel.id, ts: message.ts };
    },
  }),
  'chat.getPermalink': method({
    tier: 4,
    args: { channel: z.string(), message_ts: ts },
    run: (args, { team }) => {
      const channel = channelFor(team, args.channel);
      const message = channel.byTs.get(args.message_ts);
      if (message === undefined) throw mistake('message_not_found');
      if (message.deleted) throw refusal('message_not_found');
      const thread =
        message.thread_ts === undefined ? '' : `?thread_ts=${message.thread_ts}&cid=${channel.id}`;
      return {
        channel: channel.id,
        permalink: `https://${team.domain}.slack.com/archives/${channel.id}/p${message.ts.replace('.', '')}${thread}`,
      };
    },
  }),
};

/** A message of the bot's own. */
export function own(
  team: Team,
  channelId: string,
  messageTs: string,
  notOwn: string,
): { readonly channel: Channel; readonly message: StoredMessage } {
  const channel = channelFor(team, channelId);
  const message = channel.byTs.get(messageTs);
  if (message === undefined) throw mistake('message_not_found', `no message ${messageTs}`);
  if (message.deleted) throw refusal('message_not_found');
  if (message.bot_id !== team.bot.id) throw mistake(notOwn);
  return { channel, message };
}

/** Names and icons of one's own choice need a scope of their own. */
export function mayDress(
  args: {
    readonly username?: string | undefined;
    readonly icon_emoji?: string | undefined;
    readonly icon_url?: string | undefined;
  },
  team: Team,
): void {
  const dressed = args.username ?? args.icon_emoji ?? args.icon_url;
  if (dressed === undefined || team.scopes.has('chat:write.customize')) return;
  throw new Refusal('missing_scope', {
    mistake: true,
    extra: { needed: 'chat:write.customize', provided: [...team.scopes].join(',') },
  });
}

export function reply({ core }: Call, name: string): (message: string) => void {
  return (message) => core.violate('reply_to_reply', name, message);
}
