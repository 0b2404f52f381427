import { flag } from './args.ts';
import { method } from './method.ts';

export const authMethods = {
  'auth.test': method({
    auth: 'any',
    tier: 4,
    args: {},
    run: (_args, { core, team, byApp }) =>
      byApp
        ? { app_name: core.app.name, app_id: core.app.id }
        : {
            url: `https://${team.domain}.slack.com/`,
            team: team.name,
            user: core.app.name.toLowerCase(),
            team_id: team.id,
            user_id: team.bot.user,
            bot_id: team.bot.id,
            is_enterprise_install: false,
          },
  }),
  'auth.revoke': method({
    tier: 3,
    args: { test: flag.optional() },
    run: ({ test }, { team }) => {
      if (test !== true && team.token !== undefined) {
        team.dead.add(team.token);
        team.token = undefined;
      }
      return { revoked: test !== true };
    },
  }),
  'apps.connections.open': method({
    auth: 'app',
    tier: 1,
    scopes: ['connections:write'],
    args: {},
    run: (_args, { core }) => ({ url: core.outbox.connectionUrl() }),
  }),
};
