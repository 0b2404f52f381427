import { z } from 'zod';
import { mistake, refusal } from '../core.ts';
import {
  type Channel,
  channelFor,
  directMessage,
  personIn,
  type StoredMessage,
  type Team,
} from '../team.ts';
import { channelJson, historyJson, repliesTo } from '../wire.ts';
import { flag, list, page, ts } from './args.ts';
import { type Answer, type Call, type Method, method } from './method.ts';

/** The scope of a family that this kind of conversation needs; any of them while it is unknown. */
function scopesOf(suffix: string): Method['scopes'] {
  const names = { public: 'channels', private: 'groups', im: 'im', mpim: 'mpim' } as const;
  return (args, team) => {
    const channel = team.channels.get(String(args['channel']));
    return channel === undefined
      ? Object.values(names).map((name) => `${name}:${suffix}`)
      : [`${names[channel.kind]}:${suffix}`];
  };
}

const range = {
  oldest: z.string().optional(),
  latest: z.string().optional(),
  inclusive: flag.optional(),
};

type Range = {
  readonly oldest?: string | undefined;
  readonly latest?: string | undefined;
  readonly inclusive?: boolean | undefined;
};

export const conversationMethods = {
  'conversations.info': method({
    tier: 3,
    scopes: scopesOf('read'),
    args: {
      channel: z.string(),
      include_locale: flag.optional(),
      include_num_members: flag.optional(),
    },
    run: ({ channel, include_num_members, include_locale }, { team }) => {
      const found = channelFor(team, channel);
      return {
        channel: {
          ...channelJson(team, found),
          ...(include_num_members === true ? { num_members: found.members.size } : {}),
          ...(include_locale === true ? { locale: 'en-US' } : {}),
        },
      };
    },
  }),
  'conversations.members': method({
    tier: 4,
    scopes: scopesOf('read'),
    args: { channel: z.string(), ...page },
    run: ({ channel, cursor, limit }, { team }) => {
      const members = [...channelFor(team, channel).members];
      const { items, next } = paged(members, cursor, limit ?? 100);
      return { members: items, response_metadata: { next_cursor: next } };
    },
  }),
  'conversations.open': method({
    tier: 3,
    scopes: ['im:write', 'mpim:write'],
    args: {
      channel: z.string().optional(),
      users: list.optional(),
      return_im: flag.optional(),
      prevent_creation: flag.optional(),
    },
    run: ({ channel, users, return_im }, { team }) => {
      if (channel === undefined && users === undefined) {
        throw mistake('invalid_arguments', 'missing required field: users', 'missing_argument');
      }
      const [user, ...others] = users ?? [];
      if (others.length > 0) throw mistake('too_many_users', 'only direct messages are modelled');
      const opened =
        user === undefined
          ? channelFor(team, channel ?? '')
          : directMessage(team, personIn(team, user).id);
      return { channel: return_im === true ? channelJson(team, opened) : { id: opened.id } };
    },
  }),
  'conversations.history': method({
    tier: 3,
    scopes: scopesOf('history'),
    args: { channel: z.string(), ...range, ...page, include_all_metadata: flag.optional() },
    run: (args, call) => {
      const channel = readable(call.team, args.channel);
      const shown = channel.messages
        .filter(
          (one) =>
            !one.deleted &&
            (one.thread_ts === undefined || one.thread_ts === one.ts || one.broadcast),
        )
        .filter((one) => within(one, args))
        .reverse();
      return listed(
        call,
        channel,
        shown,
        args.cursor,
        args.limit ?? 100,
        args.include_all_metadata,
      );
    },
  }),
  'conversations.replies': method({
    tier: 3,
    scopes: scopesOf('history'),
    args: { channel: z.string(), ts, ...range, ...page, include_all_metadata: flag.optional() },
    run: (args, call) => {
      const channel = readable(call.team, args.channel);
      const asked = channel.byTs.get(args.ts);
      if (asked === undefined) throw mistake('thread_not_found', `no message ${args.ts}`);
      const root = channel.byTs.get(asked.thread_ts ?? asked.ts) ?? asked;
      const replies = repliesTo(channel, root.ts).filter((one) => within(one, args));
      if (root.deleted && replies.length === 0) throw refusal('thread_not_found');
      // The first message comes with every page, whatever the range.
      const shown = [root, ...replies];
      return listed(
        call,
        channel,
        shown,
        args.cursor,
        args.limit ?? 1_000,
        args.include_all_metadata,
      );
    },
  }),
} satisfies Record<string, Method>;

function readable(team: Team, id: string): Channel {
  const channel = channelFor(team, id);
  if (!channel.members.has(team.bot.user)) throw refusal('not_in_channel');
  return channel;
}

function within(
  message: StoredMessage,
  { oldest = '0', latest, inclusive = false }: Range,
): boolean {
  const at = Number(message.ts);
  const from = Number(oldest);
  const to = latest === undefined ? Number.POSITIVE_INFINITY : Number(latest);
  return inclusive ? at >= from && at <= to : at > from && at < to;
}

function listed(
  { core, team }: Call,
  channel: Channel,
  messages: readonly StoredMessage[],
  cursor: string | undefined,
  limit: number,
  metadata = false,
): Answer {
  const { items, next } = paged(messages, cursor, limit);
  return {
    messages: items.map((message) => historyJson(core, team, channel, message, metadata)),
    has_more: next !== '',
    pin_count: 0,
    response_metadata: { next_cursor: next },
  };
}

function paged<T>(all: readonly T[], cursor: string | undefined, limit: number) {
  const from =
    cursor === undefined || cursor === '' ? 0 : Number(atob(cursor).replace('next:', ''));
  if (!Number.isInteger(from)) throw mistake('invalid_cursor');
  const to = from + Math.max(1, Math.min(limit, 1_000));
  return { items: all.slice(from, to), next: to < all.length ? btoa(`next:${to}`) : '' };
}
