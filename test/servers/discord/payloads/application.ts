import { ApplicationFlags } from 'discord.js';
import { publicKeyOf } from '../interactions/signing.ts';
import type { World } from '../world/world.ts';
import { userPayload } from './user.ts';

/** The privileged intents that are switched on, as an application's flags say it below a hundred guilds. */
export function applicationFlags({ options: { privileged = {} } }: World): number {
  return (
    ((privileged.messageContent ?? true) ? ApplicationFlags.GatewayMessageContentLimited : 0) |
    (privileged.members ? ApplicationFlags.GatewayGuildMembersLimited : 0) |
    (privileged.presences ? ApplicationFlags.GatewayPresenceLimited : 0)
  );
}

export function applicationPayload(world: World): Record<string, unknown> {
  const flags = applicationFlags(world);
  const owner = { ...world.bot, id: world.applicationId, name: 'Owner', bot: false };
  const installed = [...world.users.values()].filter((user) => user.installed);
  return {
    id: world.applicationId,
    name: world.bot.name,
    icon: null,
    description: '',
    type: null,
    bot: userPayload(world.bot),
    bot_public: true,
    bot_require_code_grant: false,
    verify_key: publicKeyOf(world),
    flags,
    flags_new: String(flags),
    redirect_uris: [],
    interactions_endpoint_url: world.endpoint ?? null,
    role_connections_verification_url: null,
    owner: userPayload(owner),
    approximate_guild_count: [...world.guilds.values()].filter((one) => one.botIn).length,
    approximate_user_install_count: installed.length,
    approximate_user_authorization_count: 0,
    explicit_content_filter: 0,
    team: null,
    integration_types_config: { '0': {}, '1': {} },
    eligible_oauth2_scopes: [],
  };
}
