import { PermanentError } from '../../stores/errors.ts';
import type { Endpoints } from '../endpoints/port.ts';
import { requestJson } from '../endpoints/request.ts';
import type { Profile, Served } from './engines/profile.ts';
import { estimateTokens } from './estimate.ts';
import type { LanguageModel } from './port.ts';
import { code, service } from './settings.ts';

/** Counts by the server's tokenizer, or estimates where it has none or does not say at once. */
export function openCounter(
  { count }: Profile,
  served: Served,
  endpoints: Endpoints,
): LanguageModel['countTokens'] {
  let able = count !== null;
  return async (messages, signal) => {
    const estimated = () => ({ tokens: estimateTokens(messages), exact: false });
    if (count === null || !able) return estimated();
    try {
      const tokens = await endpoints.call(signal ? { signal } : {}, (attempt) =>
        count((request) => requestJson(attempt, { ...request, service, code }), served, messages),
      );
      return { tokens, exact: true };
    } catch (error) {
      signal?.throwIfAborted();
      // No such route, or not for us: asking again would not change it.
      if (error instanceof PermanentError && lasting.has(error.code)) able = false;
      return estimated();
    }
  };
}

const lasting: ReadonlySet<string> = new Set([
  'chat.not-found',
  'chat.unauthorised',
  'chat.misunderstood',
]);
