import { applicationPayload } from '../../payloads/application.ts';
import { channelPayload } from '../../payloads/channel.ts';
import { guildPayload, rolePayload } from '../../payloads/guild.ts';
import { interactionMemberPayload, memberPayload, userPayload } from '../../payloads/user.ts';
import { dmChannel } from '../../world/places.ts';
import { ApiError } from '../errors.ts';
import { guildFor, type Handlers, OK, type Rooms } from './route.ts';

/** Who the bot is, where it is, and whom it meets there. */
export function identityRoutes({ world, gatewayUrl }: Rooms): Handlers {
  return {
    get_gateway: () => ({ status: OK, body: { url: gatewayUrl() } }),
    get_bot_gateway: () => ({
      status: OK,
      body: {
        url: gatewayUrl(),
        shards: world.options.shards ?? 1,
        session_start_limit: { total: 1000, remaining: 1000, reset_after: 0, max_concurrency: 16 },
      },
    }),
    get_my_user: () => ({
      status: OK,
      body: { ...userPayload(world.bot), mfa_enabled: false, locale: 'en-US', verified: true },
    }),
    get_my_application: () => ({ status: OK, body: applicationPayload(world) }),
    get_user: ({ params }) => {
      const user = world.users.get(params['user_id'] ?? '');
      if (!user) throw new ApiError(10_013);
      return { status: OK, body: userPayload(user) };
    },
    create_dm: ({ body }) => {
      const userId = (body as { recipient_id?: string | null }).recipient_id ?? '';
      if (!world.users.has(userId)) throw new ApiError(10_013);
      return { status: OK, body: channelPayload(world, dmChannel(world, userId)) };
    },
    get_guild: (call) => ({ status: OK, body: guildPayload(guildFor(world, call)) }),
    list_my_guilds: () => ({
      status: OK,
      body: [...world.guilds.values()]
        .filter((guild) => guild.botIn)
        .map((guild) => ({
          id: guild.id,
          name: guild.name,
          icon: null,
          banner: null,
          owner: false,
          permissions: String(guild.roles.get(guild.id)?.permissions ?? 0n),
          features: [],
        })),
    }),
    get_guild_member: (call) => {
      const guild = guildFor(world, call);
      const userId = call.params['user_id'] ?? '';
      if (!guild.members.has(userId)) throw new ApiError(10_007);
      return { status: OK, body: memberPayload(world, guild, userId) };
    },
    get_my_guild_member: (call) => ({
      status: OK,
      body: memberPayload(world, guildFor(world, call), world.bot.id),
    }),
    update_my_guild_member: (call) => {
      const guild = guildFor(world, call);
      const member = guild.members.get(world.bot.id);
      const { nick } = call.body as { nick?: string | null };
      if (member && nick !== undefined) member.nick = nick;
      return { status: OK, body: interactionMemberPayload(world, guild, world.bot.id) };
    },
    list_guild_roles: (call) => {
      const guild = guildFor(world, call);
      return {
        status: OK,
        body: [...guild.roles.values()].map((role) => rolePayload(guild, role)),
      };
    },
    list_guild_channels: (call) => {
      const guild = guildFor(world, call);
      const channels = [...world.channels.values()].filter(
        (one) => one.guildId === guild.id && !one.thread && !one.deleted,
      );
      return { status: OK, body: channels.map((one) => channelPayload(world, one)) };
    },
    get_active_guild_threads: (call) => {
      const guild = guildFor(world, call);
      const threads = [...world.channels.values()].filter(
        (one) => one.guildId === guild.id && one.thread && !one.thread.archived && !one.deleted,
      );
      const joined = threads.flatMap((one) => channelPayload(world, one)['member'] ?? []);
      const body = { threads: threads.map((one) => channelPayload(world, one)), members: joined };
      return { status: OK, body: { ...body, has_more: false } };
    },
  };
}
