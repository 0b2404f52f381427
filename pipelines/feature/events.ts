import type { Usage } from '../serving/language-model/port.ts';
import { PermanentError, TransientError } from '../stores/errors.ts';

/** Why something was not done, for a person and for a machine. */
export type Reason = {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
};

/** What headers are about to cost. Tokens are estimates, on the long side for the prompt. */
export type HeadersPlanned = {
  readonly type: 'headers-planned';
  readonly set: string;
  /** Who writes them, as the set's manifest will say. */
  readonly model: string;
  readonly prompt: string;
  /** Documents and passages to write for, and passages whose header is stored already. */
  readonly documents: number;
  readonly passages: number;
  readonly found: number;
  /** Requests to the model. */
  readonly calls: number;
  readonly promptTokens: number;
  readonly replyTokens: number;
  /** US dollars; null where no price is set. */
  readonly costUsd: number | null;
};

/** What became of a document's headers; counts are of passages. */
export type HeadersOutcome = {
  readonly written: number;
  /** Those that were stored already. */
  readonly found: number;
  readonly missing: number;
  readonly usage: Usage;
  /** Why some are missing. */
  readonly reason: Reason | null;
};

/**
 * What a run of the feature pipeline says while it works. Order: one `plan`, then, where a model writes headers,
 * `headers-planned`: the model is asked for nothing until the next event is, so whoever does not like the price
 * leaves. Then a `document` for each change, and `headers-written`; where a new set was built, then `switched` or
 * `refused` (after which the set that answers is brought up to date, too); always one `summary` last.
 */
export type FeatureEvent =
  | {
      readonly type: 'plan';
      readonly set: string;
      /** Whether the set is built beside the one that answers. */
      readonly building: boolean;
      /** Documents to write, to take out, and that are as they should be. */
      readonly put: number;
      readonly remove: number;
      readonly unchanged: number;
    }
  | HeadersPlanned
  | {
      readonly type: 'headers-written';
      readonly set: string;
      readonly written: number;
      /** Passages left without: a later run tries again. */
      readonly missing: number;
      readonly usage: Usage;
      /** Why the first of them is missing. */
      readonly reason: Reason | null;
    }
  | {
      readonly type: 'document';
      readonly documentId: string;
      readonly outcome: 'put' | 'removed' | 'failed';
      /** The title where the document could be read. */
      readonly title: string | null;
      readonly chunks: number;
      readonly durationMs: number;
      /** Stretches no parser could be trusted with, cut at blank lines alone; 0 for human writing. */
      readonly plainRegions: number;
      /** Where a model writes headers and the document is one that gets them. */
      readonly headers?: HeadersOutcome;
      readonly reason?: Reason;
      /** It failed by something that may go away by itself. */
      readonly passing?: boolean;
    }
  /** Somebody rolled back to `set`; it is kept up to date, and `wanted` waits for a rebuild. */
  | {
      readonly type: 'held';
      readonly set: string;
      readonly wanted: string;
      readonly reason: Reason;
    }
  | { readonly type: 'switched'; readonly set: string; readonly from: string | null }
  | {
      readonly type: 'refused';
      readonly set: string;
      /** The set that goes on answering. */
      readonly current: string | null;
      readonly reason: Reason;
    }
  | { readonly type: 'dropped'; readonly set: string }
  /** After a rollback to a set that this code cannot write: how many documents it is behind. */
  | { readonly type: 'behind'; readonly set: string; readonly documents: number }
  | {
      readonly type: 'summary';
      /** The set that answers now. */
      readonly set: string;
      readonly documents: number;
      readonly removed: number;
      readonly failed: number;
      readonly chunks: number;
      readonly durationMs: number;
      readonly documentsPerSecond: number;
      readonly chunksPerSecond: number;
    };

export type DocumentEvent = Extract<FeatureEvent, { readonly type: 'document' }>;

export function reasonOf(error: unknown): Reason {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof PermanentError || error instanceof TransientError) {
    return { code: error.code, message, hint: error.hint ?? null };
  }
  return { code: 'features.unexpected', message, hint: null };
}
