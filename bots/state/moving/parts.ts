import type { Part } from '../../../pipelines/stores/migration/part.ts';
import type { ApiKey } from '../port.ts';

/** A key of the API, with the hash that it is known by. */
export type MovedKey = ApiKey & { readonly hash: string };

/**
 * What the bots keep that has to come along to other stores: without it programs are turned away, Slack workspaces
 * have to install anew, and people are other people than before. Turns and leases are short-lived and stay behind.
 */
export type BotsParts = {
  readonly keys: Part<MovedKey>;
  /** Slack's installations: sealed, as base64. */
  readonly sealed: Part<string>;
  /** What people set for a channel, as JSON. */
  readonly settings: Part<string>;
  /** The secret that pseudonyms are made with, as base64: one, or none yet. */
  readonly pseudonymKey: Part<string>;
};

export const pseudonymId = 'pseudonym';
