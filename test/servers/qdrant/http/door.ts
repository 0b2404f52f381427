import type { Logged } from '../../models/listening.ts';
import type { QdrantOptions } from '../types.ts';
import { matched } from './routes.ts';

const OPEN = ['/', '/healthz', '/livez', '/readyz'];
const READING = /\/(?:points|scroll|count|query|batch|groups|facet)$/u;
const WRITING_BATCH = /\/points\/batch$/u;

/** Why a request may not come in, in words that the real server sends as plain text (`src/common/auth`). */
export function refusedAt(
  { method, path, headers }: Logged,
  { apiKey, readOnlyApiKey }: Pick<QdrantOptions, 'apiKey' | 'readOnlyApiKey'>,
): { readonly status: 401 | 403; readonly text: string } | undefined {
  if ((apiKey === undefined && readOnlyApiKey === undefined) || OPEN.includes(path))
    return undefined;
  const key = headers['api-key'] ?? headers.authorization?.replace(/^Bearer /u, '');
  if (key === undefined) {
    return { status: 401, text: 'Must provide an API key or an Authorization bearer token' };
  }
  if (key === apiKey) return undefined;
  if (key !== readOnlyApiKey) return { status: 401, text: 'Invalid API key or JWT' };
  const reads =
    method === 'GET' || (method === 'POST' && READING.test(path) && !WRITING_BATCH.test(path));
  if (reads || !matched(method, path)) return undefined;
  return { status: 403, text: 'Forbidden: Global manage access is required' };
}
