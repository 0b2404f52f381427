import type { Collection } from 'mongodb';
import { prepareCollection } from '../../mongo/collection.ts';
import type { Mongo } from '../../mongo/connection.ts';
import type { StoredMemory, StoredOrigin } from './links.ts';
import { storedJsonSchema } from './schema.ts';
import { documentsName, type Stored } from './stored.ts';

export type Collections = {
  readonly documents: Collection<Stored>;
  readonly origins: Collection<StoredOrigin>;
  readonly memories: Collection<StoredMemory>;
};

export async function prepareCollections(mongo: Mongo): Promise<Collections> {
  const [documents, origins, memories] = await Promise.all([
    prepareCollection<Stored>(mongo, {
      name: documentsName,
      schema: storedJsonSchema,
      indexes: [
        { name: 'heads', key: { id: 1, revision: 1, state: 1 } },
        { name: 'heads_by_origin', key: { origin: 1, id: 1, revision: 1, state: 1 } },
        { name: 'by_author', key: { 'author.id': 1, state: 1, id: 1 } },
        { name: 'by_time', key: { state: 1, publishedAt: -1, id: 1 } },
        // Counting by facet looks at every document; in here, unlike in the collection, no content lies between them.
        {
          name: 'facets',
          key: {
            ...{ state: 1, source: 1, origin: 1, 'author.id': 1, 'author.name': 1 },
            ...{ platform: 1, kind: 1, language: 1, publishedMs: 1 },
          },
        },
        { name: 'by_change', key: { changed: -1 } },
      ],
    }),
    prepareCollection<StoredOrigin>(mongo, { name: 'origins' }),
    prepareCollection<StoredMemory>(mongo, {
      name: 'fetch_memory',
      indexes: [{ name: 'by_document', key: { documentId: 1 } }],
    }),
  ]);
  return { documents, origins, memories };
}
