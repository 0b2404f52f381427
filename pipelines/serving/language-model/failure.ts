import { z } from 'zod';
import { PermanentError, type TransientError } from '../../stores/errors.ts';
import { failureOf } from '../endpoints/failure.ts';
import { said } from '../endpoints/said.ts';
import { code, service } from './settings.ts';

/** TGI; vLLM, SGLang and OpenAI; llama.cpp. */
const tooLong =
  /must have less than \d+ tokens|`max_new_tokens` must be <=|maximum context length|exceed\w* (?:the )?(?:available |maximum )?context|longer than the model's context|context_length_exceeded/iu;

/**
 * What a model server's refusal means, by status. A prompt that is too long is told apart, since it can be mended.
 *
 * @returns as failureOf, and PermanentError `chat.too-large` whatever the status a server gives a long prompt
 */
export function chatFailure(
  status: number,
  body: unknown,
  headers?: Headers,
): PermanentError | TransientError {
  const failure = failureOf(service, code, status, body, headers);
  const { message, type } = said(body);
  const long = tooLong.test(message ?? '') || type === 'exceed_context_size_error';
  if (!long) return failure;
  return new PermanentError(`The prompt is too long for the model: ${message}`, {
    code: `${code}.too-large`,
    hint: 'Put fewer or shorter passages into the prompt, or serve the model with more context.',
  });
}

const coded = z.union([
  z.object({ error: z.object({ code: z.number().int() }) }).transform(({ error }) => error.code),
  z.object({ code: z.number().int() }).transform(({ code: status }) => status),
]);

/** TGI gives every error inside a stream the code 422: only the words tell (router/src/infer/mod.rs). */
const statusByWords: readonly (readonly [RegExp, number])[] = [
  [/^Model is overloaded/u, 429],
  [/^Request failed during generation/u, 424],
  [/^(?:Incomplete generation|Stream serialization)/u, 500],
  [/^(?:Input validation error|Template error|Missing template variable|Tool error)/u, 422],
];

/** What an error event inside a stream that began with 200 means. */
export function streamFailure(body: unknown): PermanentError | TransientError {
  const message = said(body).message ?? '';
  const byWords = statusByWords.find(([words]) => words.test(message))?.[1];
  const told = coded.safeParse(body).data;
  const status = byWords ?? (told !== undefined && told >= 400 && told < 600 ? told : 500);
  return chatFailure(status, body);
}
