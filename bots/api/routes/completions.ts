import { completionForm } from '../answers/completion.ts';
import { conversationOf } from '../answers/conversation-of.ts';
import { respond } from '../answers/respond.ts';
import type { Api } from '../app.ts';
import type { ApiContext } from '../context.ts';
import { ApiError } from '../http/api-error.ts';
import { allowing } from '../http/guard.ts';
import { idempotencyHeaders } from '../schemas/ask.ts';
import {
  completionBodySchema,
  completionEventSchema,
  completionSchema,
  openAiErrors,
} from '../schemas/openai.ts';
import { callerOf, localeOf, onlyOf } from './request.ts';

/** `POST /v1/chat/completions`: the twin for every client of OpenAI's chat protocol. */
export function serveCompletions(app: Api, context: ApiContext): void {
  const { twin } = context;
  const schema = {
    operationId: 'createChatCompletion',
    tags: ['openai'],
    summary: 'Ask the twin, in OpenAI’s chat protocol',
    description:
      'Scope: ask. The last user message asks, the others are the history; system messages are not instructions to the twin. Sampling parameters and tools are taken and ignored. Citations stand in the content as [n] and in `understudy`, which is on the completion, or on the chunk with the finish reason.',
    headers: idempotencyHeaders,
    body: completionBodySchema,
    response: {
      200: {
        description: 'The answer.',
        content: {
          'application/json': { schema: completionSchema },
          'text/event-stream': { schema: completionEventSchema },
        },
      },
      ...openAiErrors,
    },
  };
  const options = {
    onRequest: allowing(context.ports.keys, 'ask'),
    config: { errors: 'openai' as const },
    // The whole history travels with every question.
    bodyLimit: 4 * 1024 * 1024,
    schema,
  };
  app.post('/v1/chat/completions', options, async (request, reply) => {
    const { model, messages, stream, stream_options: streaming, understudy } = request.body;
    if (model !== twin) throw unknownModel(model, twin);
    const asking = {
      ...conversationOf(messages),
      caller: callerOf(request),
      thread: null,
      only: onlyOf(understudy ?? {}),
      length: understudy?.length,
      locale: localeOf(request, understudy?.locale),
      idempotencyKey: request.headers['idempotency-key'] ?? null,
    };
    const form = completionForm(twin, streaming?.include_usage === true);
    return (await respond(context, reply, asking, form, stream === true)) ?? reply;
  });
}

const unknownModel = (model: string, twin: string) =>
  new ApiError(`There is no model “${model}” here; the twin is called “${twin}”.`, {
    status: 404,
    code: 'model_not_found',
    title: 'No such model',
    errors: [{ pointer: '/model', detail: 'is not the twin’s name' }],
  });
