import type { Listening, ListenOptions } from '../models/listening.ts';
import type { Point } from './engine/collection.ts';
import type { StrictMode } from './engine/config.ts';
import type { Ties } from './engine/ranking.ts';
import type { Misbehave } from './faults.ts';

export type QdrantOptions = ListenOptions & {
  /** Wanted of every request but the probes, as `api-key` or as a bearer token. */
  readonly apiKey?: string;
  /** Another key, which reads and does not write. */
  readonly readOnlyApiKey?: string;
  /** What `GET /` says; 1.19.0 when absent. */
  readonly version?: string;
  /** For collections that say nothing of it themselves; off when absent, as with the real server. */
  readonly strictMode?: StrictMode;
  /** How equal scores stand; shuffled when absent, so that nobody comes to rely on an order that Qdrant does not promise. */
  readonly ties?: Ties;
  /** Bytes of a request; 32 MiB when absent, as with the real server. */
  readonly payloadLimit?: number;
  /** Milliseconds, for the rate limits of strict mode. */
  readonly now?: () => number;
};

/** A collection as it lies there, for assertions. */
export type CollectionView = {
  readonly points: readonly Pick<Point, 'id' | 'payload' | 'vectors'>[];
  /** Fields with a payload index, and its kind. */
  readonly indexes: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, unknown>> | undefined;
};

export type QdrantServer = Listening & {
  /** By name or alias; undefined where there is none. */
  collection(name: string): CollectionView | undefined;
  /** Names of the collections, without aliases. */
  collections(): readonly string[];
  /** Where each alias points. */
  aliases(): Readonly<Record<string, string>>;
  readonly misbehave: Misbehave;
  /** Ends every misbehaviour. */
  behave(): void;
  /** Replies that the contract does not have, and writes that were acknowledged and then refused: empty in a good run. */
  readonly violations: readonly string[];
};
