import { PermanentError, TransientError } from '../../errors.ts';
import { type FeatureManifest, featureSetId } from '../manifest.ts';
import type { FeatureSet } from '../port.ts';
import { pointAlias } from './alias.ts';
import { createSetCollection, deleteCollection, exists } from './collection.ts';
import { applied, type Connection, write } from './connection.ts';
import { mark, type Pointer, readLedger, recordId, type SetRecord, swap } from './ledger.ts';

const mostTries = 20;

/** A set as its record names it; how much it holds is counted where it is asked for. */
export type StoredSet = Omit<FeatureSet, 'documents' | 'chunks'>;

function setOf({ set, manifest, createdAt }: SetRecord, { current, former }: Pointer): StoredSet {
  const state = set === current ? 'current' : former.includes(set) ? 'retired' : 'building';
  return { id: set, manifest, state, createdAt };
}

export async function createSet(
  connection: Connection,
  manifest: FeatureManifest,
): Promise<StoredSet> {
  const set = featureSetId(manifest);
  const before = (await readLedger(connection)).records.find((each) => each.set === set);
  if (before?.dropping) await finishDropping(connection, set);
  if (!before || before.dropping) {
    // The collection first: a set that is listed can be written to.
    await createSetCollection(connection, connection.names.set(set), manifest);
    const payload = {
      type: 'set',
      set,
      manifest: JSON.stringify(manifest),
      createdAt: new Date().toISOString(),
      dropping: false,
    };
    await write(connection, `list the feature set ${set}`, (api, init) =>
      api.upsertPoints(
        {
          collection_name: connection.names.sets,
          ...applied,
          points: [{ id: recordId(set), vector: {}, payload }],
          update_mode: 'insert_only',
        },
        init,
      ),
    );
  }
  return await findSet(connection, set);
}

export async function allSets(connection: Connection): Promise<readonly StoredSet[]> {
  const { records, pointer } = await readLedger(connection);
  return records.filter(({ dropping }) => !dropping).map((each) => setOf(each, pointer));
}

/** @throws PermanentError `features.unknown-set` */
export async function findSet(connection: Connection, id: string): Promise<StoredSet> {
  const set = (await allSets(connection)).find((each) => each.id === id);
  if (!set) throw unknownSet(id);
  return set;
}

export function unknownSet(id: string): PermanentError {
  return new PermanentError(`There is no feature set ${id}.`, {
    code: 'features.unknown-set',
    hint: 'Build it with `understudy features`; `understudy status` lists the sets there are.',
  });
}

export async function pointedSet(
  connection: Connection,
  which: 'current' | 'previous',
): Promise<StoredSet | undefined> {
  const { records, pointer } = await readLedger(connection);
  const found = records.find(({ set, dropping }) => set === pointer[which] && !dropping);
  return found && setOf(found, pointer);
}

/** Compare-and-swap on the pointer. The alias follows, for people and tools that look at the server. */
export async function switchTo(
  connection: Connection,
  id: string,
  expected: string | undefined,
  prepare: () => Promise<void>,
): Promise<void> {
  const seen = await readLedger(connection);
  checkExpected(seen.pointer, expected);
  if (!seen.records.some(({ set, dropping }) => set === id && !dropping)) throw unknownSet(id);
  if (id === seen.pointer.current) return;
  await prepare();
  const { current, former } = seen.pointer;
  const retired = current === null ? former : [...former, current];
  const next = { current: id, previous: current, former: retired.filter((each) => each !== id) };
  if (!(await swap(connection, seen.pointer, next))) {
    checkExpected((await readLedger(connection)).pointer, expected);
    throw conflict(id, expected);
  }
  await pointAlias(connection, id);
}

function checkExpected({ current }: Pointer, expected: string | undefined): void {
  if ((current ?? undefined) !== expected) throw conflict(current ?? undefined, expected);
}

function conflict(current: string | undefined, expected: string | undefined): PermanentError {
  return new PermanentError(
    `The current feature set is ${current ?? 'none'}, not ${expected ?? 'none'}.`,
    {
      code: 'features.switch-conflict',
      hint: 'Somebody else switched meanwhile: look at `understudy status` and decide again.',
    },
  );
}

/** Drops a set that is not current, with all it holds. */
export async function dropSet(connection: Connection, id: string): Promise<void> {
  for (let tried = 0; tried < mostTries; tried += 1) {
    const { records, pointer } = await readLedger(connection);
    if (!records.some(({ set }) => set === id)) return;
    if (pointer.current === id) throw inUse(id);
    await mark(connection, id, true);
    const next = {
      current: pointer.current,
      previous: pointer.previous === id ? null : pointer.previous,
      former: pointer.former.filter((each) => each !== id),
    };
    // Also where it changes nothing: whoever is about to switch to this set then comes too late.
    if (await swap(connection, pointer, next)) {
      await finishDropping(connection, id);
      return;
    }
    await mark(connection, id, false);
  }
  throw new TransientError(`Feature set ${id} could not be dropped: others keep switching.`, {
    code: 'features.contended',
    hint: 'Try again when nobody else switches feature sets.',
  });
}

function inUse(id: string): PermanentError {
  return new PermanentError(`Feature set ${id} is the one that answers; it cannot be dropped.`, {
    code: 'features.set-in-use',
    hint: 'Switch to another set first.',
  });
}

async function finishDropping(connection: Connection, id: string): Promise<void> {
  const name = connection.names.set(id);
  if (await exists(connection, name)) await deleteCollection(connection, name);
  await write(connection, `forget the feature set ${id}`, (api, init) =>
    api.deletePoints(
      { collection_name: connection.names.sets, ...applied, points: [recordId(id)] },
      init,
    ),
  );
}

/** Finishes what a killed process left half done: sets half dropped, an alias that points elsewhere. */
export async function repairSets(connection: Connection): Promise<readonly StoredSet[]> {
  const { records, pointer } = await readLedger(connection);
  for (const { set } of records.filter(({ dropping }) => dropping)) {
    if (set === pointer.current) await mark(connection, set, false);
    else await dropSet(connection, set);
  }
  if (pointer.current !== null) await pointAlias(connection, pointer.current);
  return await allSets(connection);
}
