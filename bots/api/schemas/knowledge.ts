import { z } from 'zod';
import { documentKinds } from '../../../pipelines/stores/warehouse/document.ts';

const count = z.int().min(0);
const moment = z.string().nullable().meta({ description: 'ISO 8601, UTC; null for never.' });

export const sourcesSchema = z
  .object({
    sources: z.array(z.object({ name: z.string(), documents: count })),
    authors: z.array(z.object({ id: z.string(), name: z.string(), documents: count })),
    documents: count,
    passages: count.meta({ description: 'Passages that can be found right now.' }),
    earliest: moment,
    latest: moment,
    collectedAt: moment,
  })
  .meta({
    id: 'Sources',
    description: 'What the twin answers from, as far as the key may see it.',
  });

export const documentParams = z.object({ id: z.uuid() });

export const documentSchema = z
  .object({
    id: z.string(),
    title: z.string(),
    author: z.object({ id: z.string(), name: z.string() }),
    source: z.string(),
    kind: z.enum(documentKinds),
    link: z.string().nullable().meta({ description: 'Null if not on the web.' }),
    publishedAt: moment,
    language: z.string().nullable().meta({ description: 'BCP 47.' }),
    revision: z.int().min(1).meta({ description: 'Grows when the content changes.' }),
    content: z.string().meta({ description: 'Markdown; offsets of sources point into it.' }),
  })
  .meta({ id: 'Document' });
