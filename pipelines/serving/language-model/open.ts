import { PermanentError } from '../../stores/errors.ts';
import { checkEndpoint } from '../endpoints/address.ts';
import { systemClock } from '../endpoints/clock.ts';
import { openEndpoints } from '../endpoints/open.ts';
import type { Endpoint } from '../endpoints/port.ts';
import { bodyOf } from './body.ts';
import { openClient, type Reply } from './client.ts';
import { openCounter } from './count.ts';
import { identify } from './identify.ts';
import { partsOf } from './parts.ts';
import type { LanguageModel } from './port.ts';
import {
  assumedContextTokens,
  code,
  endpointSettings,
  type LanguageModelSettings,
  rootOf,
  service,
} from './settings.ts';

/** Counting takes no GPU, so it does not stand in line with what does; and it is not worth waiting for. */
const countingLimits = { concurrency: 64, queue: 0, firstMs: 1_000, attempts: 1, retryBudget: 0 };

/**
 * Opens a language model: finds out which engine answers, and what it serves.
 *
 * @throws PermanentError `chat.bad-url`, `chat.not-a-model`, `chat.no-model`, `chat.no-adapter`, `chat.different-models`,
 *   `chat.unauthorised`; TransientError `chat.down` where no endpoint answers
 */
export async function openLanguageModel(
  settings: LanguageModelSettings,
  signal?: AbortSignal,
): Promise<LanguageModel> {
  const { clock = systemClock, limits, prices } = settings;
  const endpoints = settings.endpoints.map(rootOf);
  for (const endpoint of endpoints) checkEndpoint(endpoint, service, code);
  const { profile, served } = await identify(endpoints, settings, clock, signal);
  if (profile.engine === 'hf-providers' && !endpoints.every(hasHubToken)) {
    throw new PermanentError(
      'Inference Providers want a Hugging Face token, which begins with hf_.',
      {
        code: `${code}.unauthorised`,
        hint: 'Set one; with a provider’s own key, set the provider’s own address instead of the router’s.',
      },
    );
  }
  const adapter = settings.adapter ?? null;
  const { adapters } = served;
  if (adapter !== null && adapters !== null && !adapters.includes(adapter)) {
    const listed = adapters.length > 0 ? `only ${adapters.join(', ')}` : 'none at all';
    throw new PermanentError(`${service} has no adapter ${adapter}, ${listed}.`, {
      code: `${code}.no-adapter`,
      hint: 'Load it there, or name one that is.',
    });
  }
  const stream = await openClient(profile.engine);
  const asked = openEndpoints(endpoints, endpointSettings(limits, profile.healthPath), clock);
  const counted = openEndpoints(endpoints, endpointSettings(countingLimits, null), clock);

  return {
    identity: {
      engine: profile.engine,
      model: served.model,
      revision: served.revision,
      adapter,
    },
    contextTokens: settings.contextTokens ?? served.contextTokens ?? assumedContextTokens,
    async *complete(completion, caller) {
      const startedMs = clock.now();
      const elapsedMs = () => clock.now() - startedMs;
      const speaks = completion.adapter === undefined ? adapter : completion.adapter;
      const body = bodyOf(profile, served, speaks, completion);
      const affinity = affinityOf(speaks, completion.affinity);
      const work = { ...(affinity ? { affinity } : {}), ...(caller ? { signal: caller } : {}) };
      yield* asked.stream(work, (attempt) => {
        const reply: Reply = { response: null };
        return partsOf(stream(attempt, body, reply), { attempt, reply, elapsedMs, prices });
      });
    },
    countTokens: openCounter(profile, served, counted),
    states: asked.states,
    async close() {
      await Promise.all([asked.close(), counted.close()]);
    },
  };
}

const hasHubToken = ({ token }: Endpoint) => token?.startsWith('hf_') ?? false;

/** An adapter's weights have to be at hand, a prefix in the cache: who shares both goes to the same endpoint. */
function affinityOf(adapter: string | null, prefix: string | undefined): string | undefined {
  if (adapter === null) return prefix;
  return prefix === undefined ? adapter : `${adapter}\n${prefix}`;
}
