import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { PlaygroundPorts } from '../ports.ts';
import { renderDocument } from '../render/document.ts';

const paramsSchema = z.object({ id: z.uuid() });
const querySchema = z.object({
  start: z.coerce.number().int().min(0).default(0),
  end: z.coerce.number().int().min(0).default(0),
});

/** `GET /documents/:id?start&end`: a document as safe HTML, with the passage between the offsets marked. */
export function serveDocuments(app: FastifyInstance, { warehouse }: PlaygroundPorts): void {
  app.get('/documents/:id', async (request, reply) => {
    const params = paramsSchema.safeParse(request.params);
    const query = querySchema.safeParse(request.query);
    const document =
      params.success && query.success ? await warehouse.get(params.data.id) : undefined;
    if (document === undefined || !query.success) {
      const message = 'This document is no longer here: it was removed or forgotten.';
      return reply.code(404).send({ code: 'web.document', message });
    }
    const { id, title, author, source, kind, link, publishedAt, language } = document;
    const rendered = renderDocument(document, query.data);
    const web = /^https?:/u.test(link) ? link : null;
    return {
      id,
      title,
      author: author.name,
      source,
      kind,
      link: web,
      publishedAt,
      language,
      ...rendered,
    };
  });
}
