export type ChannelKind = 'public' | 'private' | 'im' | 'mpim';

export type UserSpec = {
  readonly id: string;
  readonly name?: string;
  /** BCP 47 with a hyphen, as Slack gives it with `include_locale`. Default `en-US`. */
  readonly locale?: string;
  readonly isBot?: boolean;
  readonly isAdmin?: boolean;
};

export type ChannelSpec = {
  readonly id: string;
  readonly name?: string;
  /** Default `public`. */
  readonly kind?: Exclude<ChannelKind, 'im'>;
  /** Default: every person of the workspace. */
  readonly members?: readonly string[];
  /** Whether the app's bot is a member. Default true. */
  readonly bot?: boolean;
  readonly archived?: boolean;
};

export type TeamSpec = {
  readonly id: string;
  readonly name?: string;
  readonly domain?: string;
  /** Default: `U1` and `U2`. */
  readonly users?: readonly UserSpec[];
  /** Default: public `C1`. */
  readonly channels?: readonly ChannelSpec[];
  readonly usergroups?: readonly UsergroupSpec[];
  /** Whether the app is installed from the start, with `AppSpec.scopes`. Default true; false waits for OAuth. */
  readonly installed?: boolean;
};

export type UsergroupSpec = {
  readonly id: string;
  readonly handle: string;
  readonly users: readonly string[];
};

export type AppSpec = {
  readonly id?: string;
  readonly name?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly signingSecret?: string;
  /** Scopes that an installation grants to the bot. Default: all that this server knows. */
  readonly scopes?: readonly string[];
  /** Of the app-level token. Default `connections:write`. */
  readonly appTokenScopes?: readonly string[];
  /** Subscriptions as a manifest names them (`app_mention`, `message.channels` …). Default: all. */
  readonly events?: readonly string[];
  /** Slash commands of the app, with the slash. Default: any. */
  readonly commands?: readonly string[];
  /** Callback ids of its message and global shortcuts. Default: any. */
  readonly shortcuts?: readonly string[];
};
