import type { Faults } from './faults.ts';
import type { ApiCall, Delivery, Violation } from './records.ts';
import type { AppSpec, TeamSpec } from './specs.ts';
import type { Workspace } from './workspace.ts';

export type SocketControl = {
  /** Connections open now. */
  readonly connections: number;
  /** Connections ever opened. */
  readonly opened: number;
  /** Asks clients to reconnect, as Slack does about every hour. Default: every connection. */
  disconnect(reason?: 'warning' | 'refresh_requested' | 'link_disabled'): void;
  /** Cuts connections without a word. */
  drop(): void;
};

export type HttpControl = {
  /** Asks the endpoint to prove itself, as when a request URL is entered. True when it did. */
  verifyUrl(): Promise<boolean>;
  /** Sends an event with a signature of one's choice; gives the HTTP status. */
  forge(forgery: {
    readonly event?: Readonly<Record<string, unknown>>;
    readonly signature?: 'wrong' | 'missing' | 'valid';
    /** Age of the timestamp in seconds. */
    readonly ageS?: number;
  }): Promise<number>;
};

/** Slack's published limits, or one's own. Counted per team; messages also per channel. */
export type RateLimits = {
  /** chat.postMessage and the like: messages per second and channel, after `burst` at once. */
  readonly message: { readonly perSecond: number; readonly burst: number };
  /** Calls a minute and method. */
  readonly tiers: {
    readonly 1: number;
    readonly 2: number;
    readonly 3: number;
    readonly 4: number;
  };
};

export type SlackServerOptions = {
  readonly app?: AppSpec;
  /** The app's manifest.json: scopes, events, commands and shortcuts come from it. `app` overrides. */
  readonly manifest?: unknown;
  /** Default: one workspace, `T1`. */
  readonly teams?: readonly TeamSpec[];
  /** How long an acknowledgement may take, in milliseconds. Default 3,000. */
  readonly ackDeadlineMs?: number;
  /** Waits before the first, second … redelivery of an event. Default Slack's: 0, 60,000, 300,000. */
  readonly retryDelaysMs?: readonly number[];
  /** Life of a trigger id in milliseconds. Default 3,000. */
  readonly triggerLifetimeMs?: number;
  /** Life of a stream in milliseconds. Default 300,000. */
  readonly streamLifetimeMs?: number;
  /** Interval of pings on sockets in milliseconds. Default 5,000. */
  readonly pingIntervalMs?: number;
  /** Delivers by signed requests to this URL instead of sockets; `deliverTo` sets it later. */
  readonly requestUrl?: string;
  /** Default off. `slack`: the published limits. */
  readonly rateLimits?: RateLimits | 'slack';
  /** Whether the app gets events of its own messages, as in real life. Default true. */
  readonly echo?: boolean;
  /** Of everything random. Default 1. */
  readonly seed?: number;
};

export type SlackServer = {
  /** For `clientOptions.slackApiUrl`. */
  readonly apiUrl: string;
  /** For `installerOptions.authorizationUrl`. */
  readonly authorizationUrl: string;
  readonly appToken: string;
  /** Of the first workspace. */
  readonly botToken: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly signingSecret: string;
  /** The first workspace. */
  readonly workspace: Workspace;
  workspaceOf(team: string): Workspace;
  /** Mistakes of the client, to be asserted empty. */
  readonly violations: readonly Violation[];
  readonly calls: readonly ApiCall[];
  /** Calls of one method. */
  callsOf(method: string): readonly ApiCall[];
  readonly deliveries: readonly Delivery[];
  readonly faults: Faults;
  readonly socket: SocketControl;
  readonly http: HttpControl;
  /** Delivers by signed requests to the URL from now on; undefined: by sockets again. */
  deliverTo(requestUrl: string | undefined): void;
  /**
   * Walks the OAuth flow of a person who installs the app: opens the install page, agrees for the
   * workspace, and follows the redirect. Gives status and text of the last page.
   */
  install(
    installUrl: string,
    team: string,
    user?: string,
  ): Promise<{ readonly status: number; readonly text: string }>;
  /** Resolves with the condition's value once it is neither false nor undefined. Rejects after `timeoutMs` (10,000). */
  until<T>(condition: () => T | undefined | false | null, timeoutMs?: number): Promise<T>;
  /**
   * Resolves once no event waits for its acknowledgement and no call is running. An app that is still thinking
   * is not waited for: use `until` for what it will do.
   */
  settled(timeoutMs?: number): Promise<void>;
  close(): Promise<void>;
};
