import { z } from 'zod';
import { mistake } from '../core.ts';
import { personIn } from '../team.ts';
import { botIdOf, userJson } from '../wire.ts';
import { flag } from './args.ts';
import { method } from './method.ts';

export const peopleMethods = {
  'users.info': method({
    tier: 4,
    scopes: ['users:read'],
    args: { user: z.string(), include_locale: flag.optional() },
    run: ({ user, include_locale }, { core, team }) => {
      const asked =
        user === team.bot.user
          ? { id: user, name: core.app.name, isBot: true }
          : personIn(team, user);
      return { user: userJson(core, team, asked, include_locale ?? false) };
    },
  }),
  'bots.info': method({
    tier: 3,
    scopes: ['users:read'],
    args: { bot: z.string().optional() },
    run: ({ bot = '' }, { core, team }) => {
      const users = [team.bot.user, ...team.users.keys()];
      const user = users.find((id) => botIdOf(team, id) === bot);
      if (user === undefined) throw mistake('bot_not_found', `no such bot: ${bot}`);
      const own = user === team.bot.user;
      return {
        bot: {
          id: bot,
          deleted: false,
          name: own ? core.app.name : (team.users.get(user)?.name ?? user),
          updated: 1_700_000_000,
          app_id: own ? core.app.id : 'A0OTHER',
          user_id: user,
          icons: {},
        },
      };
    },
  }),
  'team.info': method({
    tier: 3,
    scopes: ['team:read'],
    args: { team: z.string().optional(), domain: z.string().optional() },
    run: (_args, { team }) => ({
      team: { id: team.id, name: team.name, domain: team.domain, email_domain: '', icon: {} },
    }),
  }),
  'usergroups.list': method({
    tier: 2,
    scopes: ['usergroups:read'],
    args: {
      include_count: flag.optional(),
      include_disabled: flag.optional(),
      include_users: flag.optional(),
    },
    run: ({ include_users, include_count }, { team }) => ({
      usergroups: team.usergroups.map((group) => ({
        id: group.id,
        team_id: team.id,
        is_usergroup: true,
        name: group.handle,
        handle: group.handle,
        description: '',
        date_delete: 0,
        ...(include_users === true ? { users: group.users } : {}),
        ...(include_count === true ? { user_count: group.users.length } : {}),
      })),
    }),
  }),
  'usergroups.users.list': method({
    tier: 2,
    scopes: ['usergroups:read'],
    args: { usergroup: z.string(), include_disabled: flag.optional() },
    run: ({ usergroup }, { team }) => {
      const group = team.usergroups.find(({ id }) => id === usergroup);
      if (group === undefined) throw mistake('no_such_subteam');
      return { users: group.users };
    },
  }),
};
