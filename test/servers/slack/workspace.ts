import type { Core } from './core.ts';
import { emit } from './events.ts';
import { post } from './messages.ts';
import { createPerson, mention } from './people/person.ts';
import { addChannel, type Channel, type StoredMessage, type Team } from './team.ts';
import type { Workspace } from './types.ts';
import { botIdOf } from './wire.ts';

/** What a test sees of a workspace, and what it can make happen there. */
export function openWorkspace(core: Core, team: Team): Workspace {
  const channelOf = (id: string): Channel => {
    const channel = team.channels.get(id);
    if (channel === undefined) throw new Error(`There is no channel ${id} in ${team.id}.`);
    return channel;
  };
  const die = (): void => {
    if (team.token !== undefined) team.dead.add(team.token);
    team.token = undefined;
  };
  const revoked = (): void =>
    emit(core, team, 'tokens_revoked', {
      type: 'tokens_revoked',
      tokens: { oauth: [], bot: [team.bot.user] },
      event_ts: core.ids.ts(),
    });

  return {
    id: team.id,
    domain: team.domain,
    get bot() {
      return { ...team.bot, token: team.token ?? '' };
    },
    user: (id) => createPerson(core, team, id),
    addUser: (spec) => {
      team.users.set(spec.id, spec);
      for (const channel of team.channels.values()) {
        if (channel.kind === 'public') channel.members.add(spec.id);
      }
      return createPerson(core, team, spec.id);
    },
    addChannel: (spec) => addChannel(team, spec),
    archive: (id) => {
      const channel = channelOf(id);
      channel.archived = true;
      const type = channel.kind === 'public' ? 'channel_archive' : 'group_archive';
      const [by] = channel.members;
      emit(core, team, type, { type, channel: id, user: by, event_ts: core.ids.ts() });
    },
    messages: (channelId, threadTs) => {
      const shown = (team.channels.get(channelId)?.messages ?? []).filter((it) => !it.deleted);
      return threadTs === undefined
        ? shown.filter((it) => it.thread_ts === undefined || it.thread_ts === it.ts || it.broadcast)
        : shown.filter((it) => it.ts === threadTs || it.thread_ts === threadTs);
    },
    botMessages: (channelId) =>
      [...team.channels.values()]
        .filter(({ id }) => (channelId ?? id) === id)
        .flatMap(({ messages }) => messages)
        .filter((it) => it.bot_id === team.bot.id && it.subtype === undefined),
    message: (channelId, ts) => team.channels.get(channelId)?.byTs.get(ts),
    ephemerals: () => team.ephemerals.filter((it) => !it.deleted),
    statuses: (channelId, threadTs) =>
      team.statuses.filter(
        (it) =>
          (channelId ?? it.channel) === it.channel && (threadTs ?? it.thread_ts) === it.thread_ts,
      ),
    status: (channelId, threadTs) => team.shownStatus.get(`${channelId}:${threadTs}`) ?? '',
    home: (user) => team.homes.get(user),
    titles: () => team.titles,
    prompts: () => team.prompts,
    revokeScopes: (...scopes) => {
      for (const scope of scopes) team.scopes.delete(scope);
    },
    grantScopes: (...scopes) => {
      for (const scope of scopes) team.scopes.add(scope);
    },
    revokeToken: () => {
      revoked();
      die();
    },
    uninstall: () => {
      emit(core, team, 'app_uninstalled', { type: 'app_uninstalled', event_ts: core.ids.ts() });
      revoked();
      die();
    },
    otherBotSays: (user, { channel: channelId, text, thread_ts }) => {
      const channel = channelOf(channelId);
      const message: StoredMessage = post(core, team, channel, {
        user,
        bot_id: botIdOf(team, user),
        text,
        thread_ts,
      });
      mention(core, team, channel, message);
      return message;
    },
  };
}
