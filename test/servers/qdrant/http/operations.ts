import type { Catalogue } from '../engine/catalogue.ts';
import { COLLECTIONS } from './collections.ts';
import { POINTS } from './points.ts';
import { Bare, type Handlers, Plain } from './request.ts';
import type { OperationName } from './routes.ts';

export const HANDLERS: Handlers<OperationName> = {
  ...COLLECTIONS,
  ...POINTS,
  'GET /': (_, { version }) =>
    new Bare({ title: 'qdrant - vector search engine', version, commit: null }),
  'GET /healthz': () => new Plain('healthz check passed'),
  'GET /livez': () => new Plain('healthz check passed'),
  'GET /readyz': () => new Plain('all shards are ready'),
  'GET /metrics': (_, { catalogue, version }) => new Plain(metrics(catalogue, version)),
};

function metrics(catalogue: Catalogue, version: string): string {
  const points = catalogue.names().map((name) => [name, catalogue.open(name).points.size] as const);
  return [
    `# TYPE app_info gauge`,
    `app_info{name="qdrant",version="${version}"} 1`,
    `# TYPE collections_total gauge`,
    `collections_total ${points.length}`,
    `# TYPE collection_points gauge`,
    ...points.map(([name, size]) => `collection_points{id="${name}"} ${size}`),
    '',
  ].join('\n');
}
