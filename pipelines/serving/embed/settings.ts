import { PermanentError } from '../../stores/errors.ts';
import { sha256 } from '../../stores/identity.ts';
import type { Clock } from '../endpoints/clock.ts';
import type { Endpoint, EndpointSettings } from '../endpoints/port.ts';

export const asker = { service: 'The embedding server', code: 'embed' } as const;

/** What goes before each text, as the model's card says: `query: `, `passage: `. Nothing when absent. */
export type Prefixes = { readonly queryPrefix?: string; readonly passagePrefix?: string };

export type EmbeddingServer = Prefixes & {
  /** All of them serve the same model. Root addresses. */
  readonly endpoints: readonly Endpoint[];
  /** Pins the weights where the server does not say which it has; where it does, it has to be these. */
  readonly revision?: string;
  readonly limits?: Partial<Omit<EndpointSettings, 'service' | 'code' | 'healthPath'>>;
  readonly clock?: Clock;
};

/** Bytes of texts in a request: TEI takes 2 MB of JSON, in which a text may be half as long again. */
export const batchBytes = 1_000_000;

/** Texts as they are sent. Half a character is no JSON to the servers, which would refuse the whole batch. */
export function prefixed(
  texts: readonly string[],
  as: 'passage' | 'query',
  { queryPrefix = '', passagePrefix = '' }: Prefixes,
): readonly string[] {
  const prefix = as === 'query' ? queryPrefix : passagePrefix;
  return texts.map((text) => (prefix + text).toWellFormed());
}

/** Prefixes shape the vectors as weights do, so they are part of what is pinned. */
export function withPrefixes(
  revision: string,
  { queryPrefix = '', passagePrefix = '' }: Prefixes,
): string {
  if (queryPrefix === '' && passagePrefix === '') return revision;
  return `${revision}+${sha256(JSON.stringify([queryPrefix, passagePrefix])).slice(0, 8)}`;
}

export function tooLong(index: number, tokens: number | null, most: number): PermanentError {
  const length = tokens === null ? 'is too long' : `has ${tokens} tokens`;
  return new PermanentError(
    `Text ${index} ${length}; the embedding model takes ${most} and nothing is cut in silence.`,
    { code: 'embed.too-long', hint: 'Embed it in parts, or use a model with a longer input.' },
  );
}
