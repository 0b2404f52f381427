import { mistake, refusal } from './core.ts';
import type { Ids } from './ids.ts';
import type {
  ChannelKind,
  ChannelSpec,
  Message,
  Prompts,
  Status,
  Stream,
  TeamSpec,
  UsergroupSpec,
  UserSpec,
  View,
} from './types.ts';

export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export type StoredStream = Omit<Mutable<Stream>, 'tasks'> & {
  tasks: Mutable<Stream['tasks'][number]>[];
  openedAtMs: number;
  /** Blocks that came in chunks; they stand after the text. */
  chunkBlocks: Message['blocks'][number][];
  expiresAfter: { readonly appends?: number; readonly characters?: number } | undefined;
};

export type StoredMessage = Omit<Mutable<Message>, 'stream' | 'history' | 'reactions'> & {
  stream: StoredStream | undefined;
  history: Message['history'][number][];
  reactions: Message['reactions'][number][];
  broadcast: boolean;
};

export type StoredView = Mutable<View>;

export type Channel = {
  readonly id: string;
  readonly name: string;
  readonly kind: ChannelKind;
  readonly members: Set<string>;
  archived: boolean;
  /** The person at the other end of a direct message. */
  readonly with: string | undefined;
  /** Everything ever posted, oldest first. */
  readonly messages: StoredMessage[];
  readonly byTs: Map<string, StoredMessage>;
};

export type Team = {
  readonly id: string;
  readonly name: string;
  readonly domain: string;
  readonly users: Map<string, UserSpec>;
  readonly channels: Map<string, Channel>;
  readonly usergroups: readonly UsergroupSpec[];
  readonly bot: { readonly user: string; readonly id: string };
  /** Undefined until the app is installed. */
  token: string | undefined;
  readonly dead: Set<string>;
  readonly scopes: Set<string>;
  readonly ephemerals: StoredMessage[];
  readonly statuses: Status[];
  /** By `channel:thread_ts`. */
  readonly shownStatus: Map<string, string>;
  readonly titles: {
    readonly channel: string;
    readonly thread_ts: string;
    readonly title: string;
  }[];
  readonly prompts: Prompts[];
  readonly views: Map<string, StoredView>;
  readonly homes: Map<string, StoredView>;
  /** Open modals of a person, the one on top last. */
  readonly modals: Map<string, StoredView[]>;
  /** Assistant threads, as `channel:thread_ts`. */
  readonly assistantThreads: Set<string>;
};

export function createTeam(spec: TeamSpec, ids: Ids): Team {
  const team: Team = {
    id: spec.id,
    name: spec.name ?? `Team ${spec.id}`,
    domain: spec.domain ?? spec.id.toLowerCase(),
    users: new Map((spec.users ?? [{ id: 'U1' }, { id: 'U2' }]).map((user) => [user.id, user])),
    channels: new Map(),
    usergroups: spec.usergroups ?? [],
    bot: { user: `U0BOT${spec.id}`, id: `B0BOT${spec.id}` },
    token: undefined,
    dead: new Set(),
    scopes: new Set(),
    ephemerals: [],
    statuses: [],
    shownStatus: new Map(),
    titles: [],
    prompts: [],
    views: new Map(),
    homes: new Map(),
    modals: new Map(),
    assistantThreads: new Set(),
  };
  for (const channel of spec.channels ?? [{ id: 'C1', name: 'general' }]) addChannel(team, channel);
  if (spec.installed !== false) team.token = `xoxb-${spec.id}-${ids.hex(24)}`;
  return team;
}

export function addChannel(team: Team, spec: ChannelSpec): void {
  const members = new Set(spec.members ?? team.users.keys());
  if (spec.bot !== false) members.add(team.bot.user);
  team.channels.set(spec.id, {
    id: spec.id,
    name: spec.name ?? spec.id.toLowerCase(),
    kind: spec.kind ?? 'public',
    members,
    archived: spec.archived ?? false,
    with: undefined,
    messages: [],
    byTs: new Map(),
  });
}

/** The direct message channel of a person with the bot; opened on first use. */
export function directMessage(team: Team, user: string): Channel {
  const id = `D${user}`;
  const known = team.channels.get(id);
  if (known !== undefined) return known;
  const opened: Channel = {
    id,
    name: 'directmessage',
    kind: 'im',
    members: new Set([user, team.bot.user]),
    archived: false,
    with: user,
    messages: [],
    byTs: new Map(),
  };
  team.channels.set(id, opened);
  return opened;
}

/** A channel that the bot may know of. A private one it is not in does not exist for it. */
export function channelFor(team: Team, id: string): Channel {
  const channel = team.channels.get(id);
  if (channel === undefined) throw mistake('channel_not_found', `no such channel: ${id}`);
  const hidden = channel.kind !== 'public' && !channel.members.has(team.bot.user);
  if (hidden) throw refusal('channel_not_found');
  return channel;
}

/** A channel that the bot is in. */
export function channelIn(team: Team, id: string): Channel {
  const channel = channelFor(team, id);
  if (!channel.members.has(team.bot.user)) throw refusal('not_in_channel');
  return channel;
}

/** A channel to write to: known, not archived, joined. A user id stands for the direct message. */
export function channelToWrite(team: Team, id: string): Channel {
  const channel = team.users.has(id) ? directMessage(team, id) : channelFor(team, id);
  if (channel.archived) throw refusal('is_archived');
  const open = channel.kind === 'public' && team.scopes.has('chat:write.public');
  if (!channel.members.has(team.bot.user) && !open) throw refusal('not_in_channel');
  return channel;
}

export function personIn(team: Team, id: string): UserSpec {
  const user = team.users.get(id);
  if (user === undefined) throw mistake('user_not_found', `no such user: ${id}`);
  return user;
}
