import type { InferenceClient } from '@huggingface/inference';
import { PermanentError, TransientError } from '../../stores/errors.ts';
import type { Attempt } from '../endpoints/port.ts';
import { presentable } from '../endpoints/said.ts';
import { unreachable } from '../endpoints/unreachable.ts';
import { routerUrl } from './engines/hf-providers.ts';
import { chatFailure, streamFailure } from './failure.ts';
import type { Engine } from './port.ts';
import { code, service } from './settings.ts';

/** The body of POST /v1/chat/completions, apart from `stream`. */
export type ChatBody = Parameters<InferenceClient['chatCompletionStream']>[0];

/** A reply as it comes in: its headers are there with the first chunk. */
export type Reply = { response: Response | null };

export type Client = (
  attempt: Pick<Attempt, 'endpoint' | 'signal'>,
  body: ChatBody,
  reply: Reply,
) => AsyncIterable<unknown>;

/**
 * Hugging Face's client, with what it leaves to others: failures by their class, the server's headers, connections
 * that are kept. Its own retry would ask a server that is down a thousand times a second.
 */
export async function openClient(engine: Engine): Promise<Client> {
  // Takes 100 ms and 20 MB, which a twin without a model server can do without.
  const { InferenceClient } = await import('@huggingface/inference');
  const client = new InferenceClient();
  return async function* chunks({ endpoint, signal }, body, reply) {
    const routed = engine === 'hf-providers';
    // The client takes the name for an address then, and refuses it: /models/llama is one that vLLM serves.
    const path = /^(?:\/|https?:)/u.test(body.model ?? '');
    const stream = client.chatCompletionStream(
      {
        ...body,
        ...(path ? { model: 'path' } : {}),
        ...(routed ? { provider: 'auto' } : { endpointUrl: endpoint.url }),
        accessToken: endpoint.token ?? '',
      },
      {
        retry_on_error: false,
        signal,
        async fetch(input, init) {
          const address = routed ? String(input).replace(routerUrl, endpoint.url) : String(input);
          const request = path ? { ...init, body: withModel(init?.body, body.model) } : init;
          reply.response = await exchange(address, request, signal);
          return reply.response;
        },
      },
    );
    try {
      yield* stream;
    } catch (error) {
      throw signal.aborted ? signal.reason : failureIn(error);
    }
    await finished(reply.response);
  };
}

function withModel(body: unknown, model: string | undefined): string {
  return JSON.stringify({ ...JSON.parse(String(body)), model });
}

async function exchange(
  address: string,
  init: RequestInit | undefined,
  signal: AbortSignal,
): Promise<Response> {
  let response: Response;
  try {
    // A token and a prompt belong to the address they were meant for.
    response = await fetch(address, { ...init, redirect: 'manual' });
  } catch (error) {
    throw signal.aborted ? signal.reason : unreachable(service, code, address, error);
  }
  const type = response.headers.get('content-type') ?? '';
  if (response.ok && type.startsWith('text/event-stream')) return response;
  const body = await jsonOf(response);
  if (!response.ok) throw chatFailure(response.status, body, response.headers);
  if (typeof body === 'object' && body !== null && 'error' in body) throw streamFailure(body);
  throw new PermanentError(
    `${service} at ${address} does not stream: it sent ${type || 'nothing'}.`,
    {
      code: `${code}.misunderstood`,
      hint: 'Check that the address is that of a model server with an OpenAI-compatible chat route.',
    },
  );
}

async function jsonOf(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}

/** What the client throws in the middle of a stream. */
function failureIn(error: unknown): unknown {
  if (error instanceof PermanentError || error instanceof TransientError) return error;
  if (hasBody(error)) return streamFailure(error.httpResponse.body);
  if (error instanceof SyntaxError) {
    return new TransientError(`${service} sent something unreadable in the middle of its reply.`, {
      code: `${code}.unfinished`,
    });
  }
  // undici: "terminated", whatever cut it.
  if (error instanceof TypeError) {
    return new TransientError(`The connection to the model server was cut during its reply.`, {
      code: `${code}.unfinished`,
      cause: error,
    });
  }
  // The client's own refusals, before it sent anything.
  if (error instanceof Error && /^(?:Input|Routing)Error$/u.test(error.name)) {
    return new PermanentError(`The request could not be made: ${presentable(error.message)}`, {
      code: `${code}.refused`,
    });
  }
  return error;
}

/** InferenceClientProviderApiError, whose message and request are not for showing: they hold the whole prompt. */
function hasBody(error: unknown): error is { httpResponse: { body: unknown } } {
  return (
    typeof error === 'object' &&
    error !== null &&
    'httpResponse' in error &&
    typeof error.httpResponse === 'object' &&
    error.httpResponse !== null &&
    'body' in error.httpResponse
  );
}

/** Longest time that the end of a body may lag behind its last event, in milliseconds. */
const endMs = 250;

/**
 * Reads to the end what comes after [DONE], which is nothing: the client leaves it there, and a connection with
 * something left in it cannot be used again.
 */
async function finished(response: Response | null): Promise<void> {
  const reader = response?.body?.getReader();
  if (!reader) return;
  const timer = setTimeout(() => reader.cancel().catch(() => {}), endMs);
  try {
    while (!(await reader.read()).done);
  } catch {
    // The reply is complete; how its connection ends does not matter any more.
  } finally {
    clearTimeout(timer);
  }
}
