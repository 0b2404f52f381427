import type { Schemas } from '@qdrant/js-client-rest';
import { applied, type Connection, write } from './connection.ts';

export type Operations = Schemas['UpdateOperation'][];

/** Writes in one request, done in this order. */
export async function update(
  connection: Connection,
  set: string,
  operations: Operations,
): Promise<void> {
  await write(connection, 'write features', (api, init) =>
    api.batchUpdate({ collection_name: connection.names.set(set), ...applied, operations }, init),
  );
}
