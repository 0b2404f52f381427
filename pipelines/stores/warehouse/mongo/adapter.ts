import type { Mongo } from '../../mongo/connection.ts';
import { attempt } from '../../mongo/failure.ts';
import type { Warehouse } from '../port.ts';
import { prepareCollections } from './collections.ts';
import { facetsOf, titlesOf } from './facets.ts';
import { forget, remember, tombstone } from './forget.ts';
import { allOrigins, memoryOf, putMemory, putOrigin } from './links.ts';
import { documentOf, keyOf } from './stored.ts';
import { heads, documents as streamDocuments } from './streams.ts';
import { upsert } from './upsert.ts';
import { versionOf } from './version.ts';

/**
 * The warehouse in MongoDB. The caller owns the connection; `close` here releases nothing.
 *
 * No transactions, so that it is the same on every server: what decides is always one write of one document. What was
 * forgotten is out of the collections at once; the servers' own log (oplog) and backups keep earlier writes until
 * they roll over, as their operator has set.
 */
export async function openMongoWarehouse(mongo: Mongo): Promise<Warehouse> {
  const collections = await prepareCollections(mongo);
  const { documents, origins, memories } = collections;

  return {
    upsert: (draft) => attempt('take a document in', () => upsert(documents, draft)),
    get: (id) =>
      attempt('read a document', async () => {
        const found = await documents.findOne({ _id: keyOf(id) });
        return found?.state === 'live' ? documentOf(found) : undefined;
      }),
    documents: (filter = {}) => streamDocuments(documents, filter),
    heads: (filter = {}) => heads(documents, filter),

    tombstone: (ids) => attempt('end documents', () => tombstone(documents, ids)),
    forget: (ids) => attempt('forget documents', () => forget(collections, ids)),
    remember: (ids) => attempt('remember documents', () => remember(documents, ids)),

    facets: (access) => attempt('count documents', () => facetsOf(documents, access)),
    titles: (limit, access) => attempt('list titles', () => titlesOf(documents, limit, access)),
    version: () => attempt("tell the warehouse's version", () => versionOf(documents)),

    origins: () => attempt('list origins', () => allOrigins(origins)),
    putOrigin: (origin) => attempt('keep an origin', () => putOrigin(origins, origin)),
    removeOrigin: (link) =>
      attempt('remove an origin', async () => {
        await origins.deleteOne({ _id: link });
      }),
    fetchMemory: (link) => attempt('read what a crawler remembers', () => memoryOf(memories, link)),
    putFetchMemory: (link, memory) =>
      attempt('keep what a crawler remembers', () => putMemory(memories, link, memory)),

    close: async () => {},
  };
}
