import type { Misbehave } from '../models/faults.ts';
import type { Listening } from '../models/listening.ts';

export type TeiOptions = {
  /** What the served model does; an embedding model when absent. */
  readonly serves?: 'embeddings' | 'rerank';
  readonly model?: string;
  /** Commit of the weights in /info; null where the model came from a folder. */
  readonly revision?: string | null;
  /** 384 when absent. */
  readonly dimensions?: number;
  /** 32 when absent: one more is refused. */
  readonly maxClientBatchSize?: number;
  /** What an oversized batch is refused with: 422 says the code, 413 says the document. */
  readonly oversized?: 422 | 413;
  /** Bytes of a request; 2,000,000 when absent. */
  readonly payloadLimit?: number;
  /** Tokens of one text; 512 when absent. */
  readonly maxInputLength?: number;
  /** Whether a longer text is cut, in silence, where a request says nothing of it; true when absent, as in TEI. */
  readonly autoTruncate?: boolean;
  /** Named prefixes, as sentence-transformers models bring them. */
  readonly prompts?: Readonly<Record<string, string>>;
  /** 512 when absent; one more at a time and the model is overloaded. */
  readonly maxConcurrentRequests?: number;
  readonly apiKey?: string;
};

/** Vectors that are not what was asked for, under 200. */
export type WrongVectors =
  | 'one fewer'
  | 'one more'
  | 'shorter'
  /** The router writes a NaN as null. */
  | 'not a number'
  | 'not unit length';

export type TeiServer = Listening & {
  /** How many texts each understood request brought, in order. */
  readonly batches: readonly number[];
  /** Texts that were cut in silence. */
  readonly truncated: readonly string[];
  /** What a well-behaved client never sends though the real server takes it. */
  readonly violations: readonly string[];
  readonly misbehave: Misbehave;
  behave(): void;
  /** The next replies hold wrong vectors or scores, until it is told undefined. */
  answersWrongly(how: WrongVectors | undefined): void;
  /** The same address serves other weights from now on. */
  becomes(revision: string | null): void;
};
