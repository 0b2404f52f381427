import type { GuildState, RoleState, World } from '../world/world.ts';
import { channelPayload } from './channel.ts';
import { iso, memberPayload } from './user.ts';

export function rolePayload(guild: GuildState, role: RoleState) {
  return {
    id: role.id,
    name: role.name,
    permissions: String(role.permissions),
    position: role.id === guild.id ? 0 : 1,
    color: 0,
    colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
    hoist: false,
    managed: role.botId !== undefined,
    ...(role.botId !== undefined && { tags: { bot_id: role.botId } }),
    mentionable: false,
    icon: null,
    unicode_emoji: null,
    flags: 0,
  };
}

export function guildPayload(guild: GuildState) {
  return {
    id: guild.id,
    name: guild.name,
    icon: null,
    description: null,
    home_header: null,
    splash: null,
    discovery_splash: null,
    features: [],
    banner: null,
    owner_id: guild.ownerId,
    application_id: null,
    region: 'deprecated',
    afk_channel_id: null,
    afk_timeout: 300,
    system_channel_id: null,
    system_channel_flags: 0,
    widget_enabled: false,
    widget_channel_id: null,
    verification_level: 0,
    roles: [...guild.roles.values()].map((role) => rolePayload(guild, role)),
    default_message_notifications: 0,
    mfa_level: 0,
    explicit_content_filter: 0,
    max_presences: null,
    max_members: 500_000,
    max_stage_video_channel_users: 50,
    max_video_channel_users: 25,
    vanity_url_code: null,
    premium_tier: 0,
    premium_subscription_count: 0,
    preferred_locale: guild.locale,
    rules_channel_id: null,
    safety_alerts_channel_id: null,
    public_updates_channel_id: null,
    premium_progress_bar_enabled: false,
    nsfw: false,
    nsfw_level: 0,
    emojis: [],
    stickers: [],
    incidents_data: null,
  };
}

/** What GUILD_CREATE carries: the guild with all that the bot may know of it. */
export function guildCreatePayload(world: World, guild: GuildState): Record<string, unknown> {
  const channels = [...world.channels.values()].filter(
    (channel) => channel.guildId === guild.id && !channel.deleted,
  );
  return {
    ...guildPayload(guild),
    joined_at: iso(guild.members.get(world.bot.id)?.joinedAt ?? world.clock.now()),
    large: false,
    unavailable: false,
    member_count: guild.members.size,
    voice_states: [],
    // Without the members intent only the bot itself; discord.js fetches the others as it meets them.
    members: [memberPayload(world, guild, world.bot.id)],
    channels: channels.filter((one) => !one.thread).map((one) => channelPayload(world, one)),
    threads: channels
      .filter((one) => one.thread && !one.thread.archived)
      .map((one) => channelPayload(world, one)),
    presences: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  };
}
