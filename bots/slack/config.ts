import type { InstallationStore } from './installations.ts';

/** How the bot reaches Slack, parsed where the process starts. */
export type SlackConfig = {
  /** One workspace by its bot token, or several by OAuth. */
  readonly access:
    | { readonly kind: 'token'; readonly botToken: string }
    | {
        readonly kind: 'oauth';
        readonly clientId: string;
        readonly clientSecret: string;
        /** Signs the state of an installation that is under way. */
        readonly stateSecret: string;
        readonly installations: InstallationStore;
        /** Where people begin to install, on this process: `/slack/install` at this port. With HTTP its port. */
        readonly port: number;
        /** The address of that port as browsers reach it, where the app has more than one redirect URL. */
        readonly publicUrl?: string;
        /** Of the page that asks for consent; Slack's own by default. */
        readonly authorizationUrl?: string;
      };
  /** How events arrive: over a socket that the bot opens, or as signed requests. */
  readonly events:
    | { readonly kind: 'socket'; readonly appToken: string }
    | { readonly kind: 'http'; readonly signingSecret: string; readonly port: number };
  /** Base URL of the Web API with its trailing slash, where it is not Slack's. */
  readonly apiUrl?: string;
  /** Show the stages of retrieval with their sources as tasks while an answer streams. Default false. */
  readonly showTasks?: boolean;
  /** Read user groups, because rules of access name them; needs the scope `usergroups:read`. Default false. */
  readonly readUserGroups?: boolean;
  /** An app configuration token (`xoxe-…`): lets `doctor` look at event subscriptions. */
  readonly configurationToken?: string;
  readonly timings?: Partial<SlackTimings>;
};

/** All in milliseconds. */
export type SlackTimings = {
  /** Least time between two appends of one stream: Slack allows about 100 a minute. */
  readonly appendEveryMs: number;
  /** Least time between two edits of one message: Slack allows about 50 a minute. */
  readonly editEveryMs: number;
  /** An answer that begins sooner needs no "is thinking". */
  readonly statusAfterMs: number;
  /** How long a stream that Slack ended is looked at: a person may have pressed stop. */
  readonly stopGraceMs: number;
  /** First pause before a call is repeated; doubles each time. */
  readonly retryMs: number;
  /** Longest time of one call. */
  readonly callMs: number;
  /** Pause before a lost connection is opened again; doubles each time up to 30 s. The first is at once. */
  readonly reconnectMs: number;
  /** How often turns that a dead process left are looked for. */
  readonly recoverEveryMs: number;
};

export const defaultTimings: SlackTimings = {
  appendEveryMs: 600,
  editEveryMs: 1_200,
  statusAfterMs: 250,
  stopGraceMs: 400,
  retryMs: 500,
  callMs: 20_000,
  reconnectMs: 1_000,
  recoverEveryMs: 60_000,
};
