import { z } from 'zod';
import { isMissing, lexical } from './collection.ts';
import { applied, type Connection, write } from './connection.ts';
import { is } from './filter.ts';
import { payloadsOf } from './heads.ts';
import { settingsId, settingsOf } from './points.ts';
import { scroll } from './scroll.ts';
import { totalsOf } from './statistics.ts';
import { update } from './update.ts';
import { sparseVector, wordsOf } from './words.ts';

const pageSize = 100;

const passage = z.object({ text: z.string(), context: z.string() });

/**
 * Computes all weights anew for the mean length as it is. A weight depends on it, and it moves with every document;
 * searches reckon with that, but have to look at more passages the further it has moved.
 *
 * Can be killed and begun again at any time, and by several at once: all follow the one number that the set keeps, and
 * each passage says what it was written for.
 *
 * @returns the mean, in thousandths of a token; undefined for a set without passages
 */
export async function settle(connection: Connection, set: string): Promise<number | undefined> {
  const { chunks, averageLength } = await totalsOf(connection, set);
  if (chunks === 0) return undefined;
  const name = connection.names.set(set);
  const mean = Math.max(1, Math.round(averageLength * 1_000));
  await write(connection, 'keep the mean length', (api, init) =>
    api.upsertPoints(
      {
        collection_name: name,
        ...applied,
        points: [{ id: settingsId, vector: {}, payload: { type: 'settings', writtenFor: mean } }],
      },
      init,
    ),
  );
  for (;;) {
    const settings = (await payloadsOf(connection, set, [settingsId], true)).get(settingsId);
    const { writtenFor } = settingsOf(settings);
    if (!(await rewritePage(connection, set, writtenFor))) return writtenFor;
  }
}

/** Says whether there was anything to write anew. */
async function rewritePage(
  connection: Connection,
  set: string,
  writtenFor: number,
): Promise<boolean> {
  const filter = {
    must: [is('type', 'chunk')],
    must_not: [is('writtenFor', writtenFor)],
  };
  const fields = ['text', 'context'];
  const stale = scroll(connection, connection.names.set(set), { filter, fields, page: pageSize });
  const points = [];
  for await (const { id, payload } of stale) {
    const vector = sparseVector(wordsOf(passage.parse(payload)), writtenFor / 1_000);
    points.push({ id, vector: { [lexical]: vector } });
    if (points.length === pageSize) break;
  }
  if (points.length === 0) return false;
  try {
    await update(connection, set, [
      { update_vectors: { points } },
      { set_payload: { payload: { writtenFor }, points: points.map(({ id }) => id) } },
    ]);
  } catch (error) {
    // One of them was deleted meanwhile: the next page is without it.
    if (!isMissing(error)) throw error;
  }
  return true;
}
