import type { AliasAction } from '../engine/catalogue.ts';
import type { Collection } from '../engine/collection.ts';
import { settle } from '../engine/collection.ts';
import type { ConfigDiff } from '../engine/config.ts';
import { info } from '../engine/info.ts';
import { openPayloadIndex, type Schema } from '../engine/payload-index.ts';
import { type Handlers, nameIn, updated } from './request.ts';
import type { OperationName } from './routes.ts';

/** What is asked of collections and their other names, not of what is in them. */
export const COLLECTIONS = {
  'GET /collections': (_, { catalogue }) => ({
    collections: catalogue.names().map((name) => ({ name })),
  }),
  'GET /collections/{collection_name}': (request, { catalogue }) =>
    info(catalogue.open(nameIn(request))),
  'GET /collections/{collection_name}/exists': (request, { catalogue }) => ({
    exists: catalogue.exists(nameIn(request)),
  }),
  'PUT /collections/{collection_name}': (request, { catalogue }) => {
    catalogue.create(nameIn(request), request.body as ConfigDiff);
    return true;
  },
  'PATCH /collections/{collection_name}': (request, { catalogue }) => {
    catalogue.change(nameIn(request), request.body as ConfigDiff);
    return true;
  },
  'DELETE /collections/{collection_name}': (request, { catalogue }) =>
    catalogue.drop(nameIn(request)),
  'POST /collections/aliases': ({ body }, { catalogue }) => {
    catalogue.rename((body as { actions: readonly AliasAction[] }).actions);
    return true;
  },
  'GET /aliases': (_, { catalogue }) => ({ aliases: catalogue.aliases() }),
  'GET /collections/{collection_name}/aliases': (request, { catalogue }) => {
    catalogue.open(nameIn(request));
    return { aliases: catalogue.aliases(nameIn(request)) };
  },

  'PUT /collections/{collection_name}/index': (request, served) => {
    const { field_name: field, field_schema: schema } = request.body as {
      field_name: string;
      field_schema?: Schema | null;
    };
    const index = openPayloadIndex(field, schema);
    return updated(request, served, (collection) => {
      for (const point of collection.points.values()) index.add(point);
      collection.payloadIndexes.set(field, index);
      return numbered(collection);
    });
  },
  'DELETE /collections/{collection_name}/index/{field_name}': (request, served) =>
    updated(request, served, (collection) => {
      collection.payloadIndexes.delete(request.params['field_name'] ?? '');
      return numbered(collection);
    }),
} satisfies Partial<Handlers<OperationName>>;

function numbered(collection: Collection): number {
  settle(collection);
  collection.operation += 1;
  return collection.operation - 1;
}
