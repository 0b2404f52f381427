import type { Logger } from 'pino';
import type { RecentFeedback } from '../monitoring/tracer.ts';
import type { Conversation } from './conversation/conversation.ts';
import type { Knowledge } from './conversation/knowledge.ts';

/** What a chat platform's bot is handed where the process starts. */
export type BotPorts = {
  readonly conversation: Conversation;
  readonly knowledge: Knowledge;
  /** The latest thumbs, newest first, for the home tab. */
  readonly recentFeedback: (limit: number) => Promise<readonly RecentFeedback[]>;
  readonly log: Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;
};

/** A bot that is connected and answers. */
export type RunningBot = {
  /** What it connected as, for the log: `Slack: Ada's twin in Acme`. */
  readonly name: string;
  /** Stops taking events; what already came in still gets its answer through the conversation's drain. */
  quiesce(): Promise<void>;
  /** Disconnects. To be called after the drain. */
  close(): Promise<void>;
};
