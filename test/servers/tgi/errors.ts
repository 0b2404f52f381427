import type { EngineError } from '../models/faults.ts';
import type { Engine } from './types.ts';

export type Problem = EngineError | 'unauthorized' | 'unknown-model' | 'too-long';

/** What each engine says to each problem, outside a stream. An undefined body is none at all. */
export function errorReply(
  engine: Engine,
  problem: Problem,
  message = MESSAGES[problem],
): { readonly status: number; readonly body: unknown } {
  if (engine === 'tgi') {
    if (problem === 'unauthorized') return { status: 401, body: '' };
    return { status: TGI[problem].status, body: { error: message, error_type: TGI[problem].type } };
  }
  const { status, type } = OPENAI[problem];
  switch (engine) {
    case 'llamacpp':
      return {
        status,
        body: { error: { code: status, message, type: LLAMACPP[problem] ?? type } },
      };
    case 'sglang':
      // Not wrapped, other than in its streams.
      return { status, body: { object: 'error', message, type, param: null, code: status } };
    case 'vllm':
      if (problem === 'unauthorized') return { status, body: { error: 'Unauthorized' } };
  }
  return { status, body: { error: { message, type, param: null, code: status } } };
}

/** The events with which a stream that began under 200 says that it failed. */
export function errorEvents(
  engine: Engine,
  problem: Problem,
  message = MESSAGES[problem],
): string[] {
  if (engine === 'tgi') {
    // The code is 422 whatever the cause: the message alone tells.
    return [JSON.stringify({ error: { message, http_status_code: 422 } }), '[DONE]'];
  }
  const { body } = errorReply(engine, problem, message);
  const event = JSON.stringify(engine === 'sglang' ? { error: body } : body);
  return engine === 'vllm' || engine === 'sglang' ? [event, '[DONE]'] : [event];
}

const MESSAGES: Readonly<Record<Problem, string>> = {
  validation: 'Input validation error: scripted',
  generation: 'Request failed during generation: CUDA out of memory',
  overloaded: 'Model is overloaded',
  incomplete: 'Incomplete generation',
  unhealthy: 'unhealthy',
  unauthorized: 'Invalid API Key',
  'unknown-model': 'The model does not exist.',
  'too-long': 'The prompt is too long.',
};

const TGI = {
  validation: { status: 422, type: 'validation' },
  generation: { status: 424, type: 'generation' },
  overloaded: { status: 429, type: 'overloaded' },
  incomplete: { status: 500, type: 'incomplete_generation' },
  unhealthy: { status: 503, type: 'healthcheck' },
  'unknown-model': { status: 404, type: 'model_not_found' },
  'too-long': { status: 422, type: 'validation' },
} as const;

const OPENAI = {
  validation: { status: 400, type: 'BadRequestError' },
  generation: { status: 500, type: 'InternalServerError' },
  overloaded: { status: 429, type: 'rate_limit_exceeded' },
  incomplete: { status: 500, type: 'InternalServerError' },
  unhealthy: { status: 503, type: 'unavailable_error' },
  unauthorized: { status: 401, type: 'authentication_error' },
  'unknown-model': { status: 404, type: 'NotFoundError' },
  'too-long': { status: 400, type: 'BadRequestError' },
} as const;

const LLAMACPP: Partial<Record<Problem, string>> = {
  validation: 'invalid_request_error',
  generation: 'server_error',
  incomplete: 'server_error',
  'too-long': 'exceed_context_size_error',
};
