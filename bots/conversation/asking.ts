/** A question as a channel hands it over. */
export type Asking = {
  readonly question: string;
  readonly thread: string;
  /** `web`, `terminal`, later `slack`, `discord`. */
  readonly channel: string;
  /** The platform's id of this event; asking twice under one id answers once. */
  readonly event?: string;
  /** Keyed hash of who asks, never a name. */
  readonly asker?: string;
  readonly signal?: AbortSignal;
};
