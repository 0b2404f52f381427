/** What the Discord bot is told, already parsed. */
export type DiscordConfig = {
  readonly token: string;
  readonly applicationId: string;
  /** Ask for the privileged Message Content intent: without it only what is said to the bot can be read. */
  readonly messageContent: boolean;
  /** Interactions over HTTP instead of the gateway; null for the gateway. */
  readonly http: HttpConfig | null;
  /** Connect to the gateway, which brings mentions, replies and direct messages; commands need it unless `http` is set. */
  readonly gateway: boolean;
  /** For a test: another Discord; with `/api`, without the version. */
  readonly apiUrl?: string;
  readonly timing?: Partial<Timing>;
};

export type HttpConfig = {
  /** Ed25519, hex, as the developer portal shows it. */
  readonly publicKey: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly host: string;
};

/** All in milliseconds. */
export type Timing = {
  /** Least time between two edits of one answer: Discord allows five in five seconds a channel. */
  readonly editEveryMs: number;
  /** How long not even "typing" is shown: a request saved where the answer is there at once. */
  readonly typingAfterMs: number;
  /** How long nothing is shown but "typing" before a status line is: most answers are there sooner. */
  readonly statusAfterMs: number;
  /** How long an interaction's token is trusted; Discord ends it at 15 minutes. */
  readonly tokenMs: number;
  /** Between two looks for what processes that died left unfinished. */
  readonly recoverEveryMs: number;
  /** First pause before a failed request is made again; it doubles each time. */
  readonly retryMs: number;
};

export const discordTiming: Timing = {
  editEveryMs: 1_200,
  typingAfterMs: 150,
  statusAfterMs: 700,
  tokenMs: 14.5 * 60_000,
  recoverEveryMs: 60_000,
  retryMs: 250,
};
