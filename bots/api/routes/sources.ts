import { accessOf } from '../answers/access.ts';
import type { Api } from '../app.ts';
import type { ApiContext } from '../context.ts';
import { allowing } from '../http/guard.ts';
import { sourcesSchema } from '../schemas/knowledge.ts';
import { problems } from '../schemas/problem.ts';
import { callerOf } from './request.ts';

/** `GET /v1/sources`: what the twin answers from, as this key may see it. */
export function serveSources(app: Api, { ports }: ApiContext): void {
  const schema = {
    operationId: 'listSources',
    tags: ['writing'],
    summary: 'What the twin answers from',
    description: 'Scope: read. Counted over what the key may see, as if there were no other.',
    response: { 200: sourcesSchema, ...problems },
  };
  const onRequest = allowing(ports.keys, 'read');
  app.get('/v1/sources', { onRequest, schema }, async (request) => {
    const access = await accessOf(ports, callerOf(request));
    const [overview, sources, authors] = await Promise.all([
      ports.knowledge.overview(access),
      ports.knowledge.sources(access),
      ports.knowledge.authors(access),
    ]);
    const { documents, passages, earliest, latest, collectedAt } = overview;
    return {
      sources: [...sources],
      authors: [...authors],
      documents,
      passages,
      earliest,
      latest,
      collectedAt,
    };
  });
}
