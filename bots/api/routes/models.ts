import type { Api } from '../app.ts';
import type { ApiContext } from '../context.ts';
import { allowing } from '../http/guard.ts';
import { modelsSchema, openAiErrors } from '../schemas/openai.ts';

/** `GET /v1/models`: the twin as a model, for clients that let people choose one. */
export function serveModels(app: Api, { ports, twin }: ApiContext): void {
  const created = Math.floor(Date.now() / 1_000);
  const schema = {
    operationId: 'listModels',
    tags: ['openai'],
    summary: 'The twin as a model',
    description: 'Scope: ask. `created` is when this process began to serve it.',
    response: { 200: modelsSchema, ...openAiErrors },
  };
  const options = {
    onRequest: allowing(ports.keys, 'ask'),
    config: { errors: 'openai' as const },
    schema,
  };
  app.get('/v1/models', options, async () => ({
    object: 'list' as const,
    data: [{ id: twin, object: 'model' as const, created, owned_by: 'understudy' }],
  }));
}
