import type { Receiver } from '@slack/bolt';

/** How events reach us. */
export type Connection = {
  readonly receiver: Receiver;
  /** @throws PermanentError when Slack refuses the token or the port is taken. */
  start(): Promise<void>;
  /** Takes nothing more. What Slack has not had acknowledged it delivers again. */
  stop(): Promise<void>;
};
