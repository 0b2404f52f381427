import type { Collection } from '../engine/collection.ts';
import { groups, scoredShown } from '../engine/groups.ts';
import { answer } from '../engine/query.ts';
import { count, facet, retrieve, scroll } from '../engine/reads.ts';
import { notFound } from '../engine/refusal.ts';
import type {
  CountRequest,
  FacetRequest,
  GroupsRequest,
  Operation,
  QueryRequest,
  RetrieveRequest,
  ScrollRequest,
} from '../engine/requests.ts';
import { openStrictMode } from '../engine/strict.ts';
import { write } from '../engine/writes.ts';
import { type Handlers, type Request, reading, type Served, updated } from './request.ts';
import type { OperationName } from './routes.ts';

/** What is asked of the points in a collection. */
export const POINTS = {
  'PUT /collections/{collection_name}/points': (request, served) =>
    wrote(request, served, { upsert: request.body } as Operation),
  'POST /collections/{collection_name}/points/delete': (request, served) =>
    wrote(request, served, { delete: request.body } as Operation),
  'PUT /collections/{collection_name}/points/vectors': (request, served) =>
    wrote(request, served, { update_vectors: request.body } as Operation),
  'POST /collections/{collection_name}/points/vectors/delete': (request, served) =>
    wrote(request, served, { delete_vectors: request.body } as Operation),
  'POST /collections/{collection_name}/points/payload': (request, served) =>
    wrote(request, served, { set_payload: request.body } as Operation),
  'PUT /collections/{collection_name}/points/payload': (request, served) =>
    wrote(request, served, { overwrite_payload: request.body } as Operation),
  'POST /collections/{collection_name}/points/payload/delete': (request, served) =>
    wrote(request, served, { delete_payload: request.body } as Operation),
  'POST /collections/{collection_name}/points/payload/clear': (request, served) =>
    wrote(request, served, { clear_payload: request.body } as Operation),
  // One after the other: what comes before a refused one stays done.
  'POST /collections/{collection_name}/points/batch': (request, served) =>
    (request.body as { operations: readonly Operation[] }).operations.map((operation) =>
      wrote(request, served, operation),
    ),

  'GET /collections/{collection_name}/points/{id}': (request, served) => {
    const text = request.params['id'] ?? '';
    const id = /^\d+$/u.test(text) ? Number(text) : text;
    const collection = reading(request, served, 1);
    const [point] = retrieve(collection, { ids: [id], with_vector: true });
    if (!point) throw notFound(`Point with id ${text} does not exists!`);
    return point;
  },
  'POST /collections/{collection_name}/points': (request, served) => {
    const body = request.body as RetrieveRequest;
    return retrieve(reading(request, served, body.ids.length), body);
  },
  'POST /collections/{collection_name}/points/scroll': (request, served) => {
    const body = request.body as ScrollRequest;
    const collection = reading(request, served, body.limit ?? 10);
    const strict = openStrictMode(collection);
    strict.limited(body.limit ?? 10);
    strict.read(body.filter);
    return scroll(collection, body);
  },
  'POST /collections/{collection_name}/points/count': (request, served) => {
    const body = request.body as CountRequest;
    const collection = reading(request, served, 1);
    openStrictMode(collection).read(body.filter);
    return count(collection, body);
  },
  'POST /collections/{collection_name}/facet': (request, served) => {
    const body = request.body as FacetRequest;
    const collection = reading(request, served, 1);
    const strict = openStrictMode(collection);
    strict.limited(body.limit ?? 10);
    strict.read(body.filter);
    return facet(collection, body);
  },
  'POST /collections/{collection_name}/points/query': (request, served) => ({
    points: queried(reading(request, served, 1), request.body as QueryRequest, served),
  }),
  'POST /collections/{collection_name}/points/query/batch': (request, served) => {
    const { searches } = request.body as { searches: readonly QueryRequest[] };
    const collection = reading(request, served, searches.length);
    openStrictMode(collection).batch(searches.length);
    return searches.map((search) => ({ points: queried(collection, search, served) }));
  },
  'POST /collections/{collection_name}/points/query/groups': (request, served) => {
    const body = request.body as GroupsRequest;
    const collection = reading(request, served, 1);
    openStrictMode(collection).grouped(body);
    return groups({ collection, ranking: served.ranking, lookUp: served.catalogue.open }, body);
  },
} satisfies Partial<Handlers<OperationName>>;

function queried(collection: Collection, request: QueryRequest, { catalogue, ranking }: Served) {
  const { limit, offset } = request;
  openStrictMode(collection).queried(request, limit ?? 10);
  const most = (limit ?? 10) + (offset ?? 0);
  const found = answer({ collection, ranking, lookUp: catalogue.open }, request, most);
  return found.slice(offset ?? 0, most).map((one) => scoredShown(one, request));
}

function wrote(request: Request, served: Served, operation: Operation): object {
  return updated(request, served, (collection) => {
    openStrictMode(collection).wrote(operation);
    return write(collection, operation);
  });
}
