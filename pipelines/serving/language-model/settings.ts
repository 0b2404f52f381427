import type { Clock } from '../endpoints/clock.ts';
import type { Endpoint, EndpointSettings } from '../endpoints/port.ts';
import type { Engine } from './port.ts';

/** US dollars for a million tokens. */
export type Prices = {
  readonly promptPerMillionUsd: number;
  readonly completionPerMillionUsd: number;
};

export type LanguageModelSettings = {
  /** All of them serve the same model. Root addresses; a trailing `/v1` is taken off. */
  readonly endpoints: readonly Endpoint[];
  /** Found out by asking when absent. */
  readonly engine?: Engine;
  /** The base model's name, where the server serves several. */
  readonly model?: string;
  /** Whose weights speak unless a completion says otherwise. */
  readonly adapter?: string;
  /** Where the server does not tell how much it takes, or less is wanted. */
  readonly contextTokens?: number;
  readonly prices?: Prices;
  readonly limits?: Partial<Omit<EndpointSettings, 'service' | 'code' | 'healthPath'>>;
  readonly clock?: Clock;
};

export const service = 'The model server';
export const code = 'chat';

/** What a server takes that does not say; small models on small machines have at least this. */
export const assumedContextTokens = 4_096;

export function endpointSettings(
  limits: LanguageModelSettings['limits'],
  healthPath: string | null,
): EndpointSettings {
  return {
    service,
    code,
    concurrency: 32,
    queue: 64,
    firstMs: 30_000,
    idleMs: 15_000,
    attempts: 3,
    retryBudget: 0.2,
    ...limits,
    healthPath,
  };
}

/** The address that routes are appended to: people also set the one of the protocol, or of the chat route itself. */
export function rootOf(endpoint: Endpoint): Endpoint {
  const url = endpoint.url
    .trim()
    .replace(/\/+$/u, '')
    .replace(/\/chat\/completions$/u, '')
    .replace(/\/v1$/u, '');
  return { ...endpoint, url };
}
