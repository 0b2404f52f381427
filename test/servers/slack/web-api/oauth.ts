import { z } from 'zod';
import { mistake } from '../core.ts';
import type { Grants } from '../oauth.ts';
import { type Method, method } from './method.ts';

/** `oauth.v2.access`: a code for a token, once. */
export function oauthMethods(grants: Grants): Readonly<Record<string, Method>> {
  return {
    'oauth.v2.access': method({
      auth: 'none',
      tier: 4,
      args: {
        client_id: z.string().optional(),
        client_secret: z.string().optional(),
        code: z.string().optional(),
        redirect_uri: z.string().optional(),
        grant_type: z.string().optional(),
        refresh_token: z.string().optional(),
      },
      run: (args, { core, headers }) => {
        const [basicId, basicSecret] = basic(headers.authorization);
        if ((args.client_id ?? basicId) !== core.app.clientId) throw mistake('invalid_client_id');
        if ((args.client_secret ?? basicSecret) !== core.app.clientSecret) {
          throw mistake('bad_client_secret');
        }
        if (args.grant_type !== undefined && args.grant_type !== 'authorization_code') {
          throw mistake('invalid_grant_type', 'token rotation is not modelled');
        }
        const { team, user, scopes } = grants.redeem(args.code ?? '', args.redirect_uri);
        return {
          app_id: core.app.id,
          authed_user: { id: user },
          scope: scopes.join(','),
          token_type: 'bot',
          access_token: team.token,
          bot_user_id: team.bot.user,
          team: { id: team.id, name: team.name },
          enterprise: null,
          is_enterprise_install: false,
        };
      },
    }),
  };
}

function basic(header: string | undefined): readonly [string?, string?] {
  if (header?.startsWith('Basic ') !== true) return [];
  const [id, secret] = Buffer.from(header.slice(6), 'base64').toString().split(':');
  return [id ?? '', secret ?? ''];
}
