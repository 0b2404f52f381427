import type { Connection } from './connection.ts';
import { is } from './filter.ts';
import { intentOf } from './points.ts';
import { abandon } from './remove.ts';
import { scroll } from './scroll.ts';

/** Cleans up after writes that were begun long ago and never finished. What is being written now is left alone. */
export async function sweep(connection: Connection, set: string): Promise<void> {
  const begunBefore = Date.now() - connection.timing.graceMs;
  const filter = {
    must: [is('type', 'intent'), { key: 'begunAt', range: { lte: begunBefore } }],
  };
  const intents = [];
  const name = connection.names.set(set);
  for await (const { payload } of scroll(connection, name, { filter, fields: true })) {
    intents.push(intentOf(payload));
  }
  for (const intent of intents) await abandon(connection, set, intent);
}
