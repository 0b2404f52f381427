import type { FeatureExtractionOutput } from '@huggingface/inference';
import { parsedJson } from '../../json.ts';
import { PermanentError } from '../../stores/errors.ts';
import { failureOf } from '../endpoints/failure.ts';
import type { Attempt } from '../endpoints/port.ts';
import { unreachable } from '../endpoints/unreachable.ts';
import { type NamedEmbedding, openNamedEmbedder } from './named.ts';
import { meanOfStates } from './pooling.ts';
import type { Embedder } from './port.ts';
import { asker } from './settings.ts';

/**
 * Embedder on any endpoint that speaks the feature-extraction task, through `@huggingface/inference`: an Inference
 * Endpoint, or a server of one's own with `POST /`. Endpoints that answer with hidden states, one vector for each token, are
 * pooled here, by the mean (Sentence-BERT, Reimers and Gurevych 2019).
 *
 * Hidden states are asked for one text at a time: in a batch they come padded, and nothing in the reply tells padding from
 * the text.
 *
 * @throws PermanentError `embed.misunderstood` where the endpoint is of another kind; TransientError `embed.down`
 */
export async function openFeatureExtraction(
  settings: NamedEmbedding,
  signal?: AbortSignal,
): Promise<Embedder> {
  const { featureExtraction, InferenceClientError } = await import('@huggingface/inference');
  /** Over a reply that is not of the task's shape the library throws of its own accord. */
  const overShape = (error: unknown) =>
    error instanceof SyntaxError || error instanceof InferenceClientError;
  let statesSeen = false;

  const extract = async (attempt: Attempt, texts: readonly string[]) => {
    const { url, token } = attempt.endpoint;
    const args = { endpointUrl: url, ...(token && { accessToken: token }) };
    // The library's own retry is without end, and its errors know no Retry-After.
    const options = { retry_on_error: false, fetch: checkedFetch(attempt), signal: attempt.signal };
    try {
      return await featureExtraction(
        { ...args, inputs: [...texts], normalize: true, truncate: false },
        options,
      );
    } catch (error) {
      if (attempt.signal.aborted) throw attempt.signal.reason;
      throw overShape(error) ? misunderstood(error, attempt) : error;
    }
  };
  const ask = async (attempt: Attempt, texts: readonly string[]): Promise<unknown> => {
    if (texts.length === 1 || statesSeen) {
      const alone: unknown[] = [];
      for (const text of texts) alone.push(vectorOf(await extract(attempt, [text])));
      return alone;
    }
    return await extract(attempt, texts);
  };
  const vectorOf = (reply: FeatureExtractionOutput): unknown => {
    const depth = depthOf(reply);
    if (depth === 1) return reply;
    if (depth === 2 && reply.length === 1) return reply[0];
    statesSeen = true;
    // [tokens][dimensions], with the text's own list around it, and in some pipelines another.
    let states: unknown = reply;
    for (let level = depth; level > 2; level--) states = (states as unknown[])[0];
    return meanOfStates(states as readonly (readonly number[])[]);
  };
  return await openNamedEmbedder(settings, ask, signal);
}

/** How deep its lists are nested. */
function depthOf(reply: unknown): number {
  return Array.isArray(reply) ? 1 + depthOf(reply[0]) : 0;
}

/** Fails as all our requests do, before the library sees a reply that is none. */
function checkedFetch({ endpoint }: Attempt): typeof fetch {
  const { service, code } = asker;
  return async (input, init) => {
    let response: Response;
    try {
      response = await fetch(input, { ...init, redirect: 'manual' });
      if (response.ok) return response;
    } catch (error) {
      throw init?.signal?.aborted ? error : unreachable(service, code, endpoint.url, error);
    }
    const text = await response.text().catch(() => '');
    throw failureOf(service, code, response.status, parsedJson(text) ?? text, response.headers);
  };
}

function misunderstood(cause: unknown, { endpoint }: Attempt): PermanentError {
  return new PermanentError(
    `${asker.service} at ${endpoint.url} gave a reply that is none of the feature-extraction task.`,
    {
      code: 'embed.misunderstood',
      hint: 'Check that the address is that of the right kind of server.',
      cause,
    },
  );
}
