import { PermanentError } from '../../stores/errors.ts';
import { openAttempt } from '../endpoints/attempt.ts';
import type { Clock } from '../endpoints/clock.ts';
import type { Endpoint } from '../endpoints/port.ts';
import { requestJson } from '../endpoints/request.ts';
import { unreachable } from '../endpoints/unreachable.ts';
import { detectEngine } from './detect.ts';
import { profiles } from './engines/all.ts';
import type { Profile, Served } from './engines/profile.ts';
import { code, type LanguageModelSettings, service } from './settings.ts';

/** Longest time one route may take to answer, in milliseconds. */
const limitMs = 10_000;

type Identified = { readonly profile: Profile; readonly served: Served };

/** What the endpoints serve. Those that are down now may join later; those that answer have to agree. */
export async function identify(
  endpoints: readonly Endpoint[],
  settings: Pick<LanguageModelSettings, 'engine' | 'model'>,
  clock: Clock,
  signal: AbortSignal | undefined,
): Promise<Identified> {
  const options = { clock, limitMs, ...(signal ? { signal } : {}) };
  const results = await Promise.allSettled(
    endpoints.map(async (endpoint): Promise<Identified> => {
      const profile = profiles[settings.engine ?? (await detectEngine(endpoint, options))];
      return { profile, served: await read(profile, endpoint, settings.model ?? null, options) };
    }),
  );
  signal?.throwIfAborted();
  const refused = results.find(
    (result) => result.status === 'rejected' && result.reason instanceof PermanentError,
  );
  const answered = results.flatMap((result) =>
    result.status === 'fulfilled' ? [result.value] : [],
  );
  const [first] = answered;
  if (refused?.status === 'rejected') throw refused.reason;
  if (!first)
    throw results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))[0];
  const names = new Set(answered.map(nameOf));
  if (names.size > 1) {
    throw new PermanentError(`The endpoints serve different models: ${[...names].join(', ')}.`, {
      code: `${code}.different-models`,
      hint: 'An answer must not depend on which of them is asked: set endpoints that serve the same.',
    });
  }
  const contexts = answered.flatMap(({ served }) => served.contextTokens ?? []);
  return {
    profile: first.profile,
    served: { ...first.served, contextTokens: contexts.length > 0 ? Math.min(...contexts) : null },
  };
}

const nameOf = ({ profile, served }: Identified) =>
  `${served.model}${served.revision ? ` at ${served.revision}` : ''} on ${profile.engine}`;

async function read(
  profile: Profile,
  endpoint: Endpoint,
  wanted: string | null,
  { clock, signal }: { readonly clock: Clock; readonly signal?: AbortSignal },
): Promise<Served> {
  const { attempt, within, end } = openAttempt(endpoint, signal, clock, () =>
    unreachable(service, code, endpoint.url, { code: 'ETIMEDOUT' }),
  );
  try {
    return await within(limitMs, () =>
      profile.read((request) => requestJson(attempt, { ...request, service, code }), wanted),
    );
  } finally {
    end();
  }
}
