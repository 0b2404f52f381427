import { accessOf } from '../answers/access.ts';
import { webLink } from '../answers/show.ts';
import type { Api } from '../app.ts';
import type { ApiContext } from '../context.ts';
import { ApiError } from '../http/api-error.ts';
import { allowing } from '../http/guard.ts';
import { maySee } from '../may-see.ts';
import { documentParams, documentSchema } from '../schemas/knowledge.ts';
import { problems } from '../schemas/problem.ts';
import { callerOf } from './request.ts';

/** `GET /v1/documents/:id`: a document with its content, if the key may see it. */
export function serveDocuments(app: Api, { ports }: ApiContext): void {
  const schema = {
    operationId: 'getDocument',
    tags: ['writing'],
    summary: 'A document with its content',
    description: 'Scope: read. What the key may not see is not there.',
    params: documentParams,
    response: { 200: documentSchema, ...problems },
  };
  const onRequest = allowing(ports.keys, 'read');
  app.get('/v1/documents/:id', { onRequest, schema }, async (request) => {
    const access = await accessOf(ports, callerOf(request));
    const document = await ports.warehouse.get(request.params.id);
    if (document === undefined || !maySee(document, access)) throw unknown;
    const { id, title, author, source, kind, link, publishedAt, language, revision, content } =
      document;
    return {
      id,
      title,
      author,
      source,
      kind,
      link: webLink(link),
      publishedAt,
      language,
      revision,
      content,
    };
  });
}

const unknown = new ApiError('This document is not here: it was removed, or never was.', {
  status: 404,
  code: 'document.unknown',
  title: 'No such document',
});
