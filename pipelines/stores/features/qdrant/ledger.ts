import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { uuidV5 } from '../../identity.ts';
import { featureManifestSchema } from '../manifest.ts';
import { agreed, applied, ask, type Connection, write } from './connection.ts';
import { is } from './filter.ts';

const record = z.object({
  type: z.literal('set'),
  set: z.string(),
  manifest: z.string().transform((text) => featureManifestSchema.parse(JSON.parse(text))),
  createdAt: z.string(),
  /** Being deleted: its collection goes first, so that no later set of this id finds old passages. */
  dropping: z.boolean(),
});
export type SetRecord = z.infer<typeof record>;

const pointerSchema = z.object({
  type: z.literal('pointer'),
  current: z.string().nullable(),
  previous: z.string().nullable(),
  /** Those that were current once. */
  former: z.array(z.string()),
  /** Grows with every change: what compare-and-swap compares. */
  epoch: z.int(),
  /** Marks of the last changes, by which the one who made it knows its own. */
  marks: z.array(z.string()),
});
export type Pointer = z.infer<typeof pointerSchema>;

const pointerId = uuidV5('feature-pointer');
export const recordId = (id: string) => uuidV5(`feature-set:${id}`);
const noPointer: Pointer = {
  type: 'pointer',
  current: null,
  previous: null,
  former: [],
  epoch: 0,
  marks: [],
};

/** Sets with their pointer, as one read finds them. */
type Ledger = { readonly records: readonly SetRecord[]; readonly pointer: Pointer };

const mostSets = 1_000;
const marksKept = 32;

/** Everything in one request: sets are few. */
export async function readLedger(connection: Connection): Promise<Ledger> {
  const { points } = await ask(connection, 'list the feature sets', (api, init) =>
    api.scrollPoints(
      {
        collection_name: connection.names.sets,
        ...agreed(connection),
        limit: mostSets,
        with_payload: true,
      },
      init,
    ),
  );
  const records: SetRecord[] = [];
  let pointer = noPointer;
  for (const { payload } of points) {
    if (payload?.['type'] === 'pointer') pointer = pointerSchema.parse(payload);
    else records.push(record.parse(payload));
  }
  records.sort((a, b) => (`${a.createdAt} ${a.set}` < `${b.createdAt} ${b.set}` ? -1 : 1));
  return { records, pointer };
}

/** Puts `next` in place of `seen`, unless somebody else was quicker. Says whether it did. */
export async function swap(
  connection: Connection,
  seen: Pointer,
  next: Pick<Pointer, 'current' | 'previous' | 'former'>,
): Promise<boolean> {
  const mark = randomUUID();
  const marks = [...seen.marks, mark].slice(-marksKept);
  const payload: Pointer = { type: 'pointer', ...next, epoch: seen.epoch + 1, marks };
  await write(connection, 'move the pointer to the current feature set', (api, init) =>
    api.upsertPoints(
      {
        collection_name: connection.names.sets,
        ...applied,
        points: [{ id: pointerId, vector: {}, payload }],
        ...(seen.epoch === 0
          ? { update_mode: 'insert_only' as const }
          : { update_filter: { must: [is('epoch', seen.epoch)] } }),
      },
      init,
    ),
  );
  // A write that the condition stopped is reported like any other.
  return (await readLedger(connection)).pointer.marks.includes(mark);
}

/** Marks a set as one that is being dropped, or is not after all. */
export async function mark(connection: Connection, id: string, dropping: boolean): Promise<void> {
  await write(connection, `mark the feature set ${id}`, (api, init) =>
    api.setPayload(
      {
        collection_name: connection.names.sets,
        ...applied,
        payload: { dropping },
        points: [recordId(id)],
      },
      init,
    ),
  );
}
