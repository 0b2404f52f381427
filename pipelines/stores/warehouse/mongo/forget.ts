import type { Collection } from 'mongodb';
import { documentId } from '../../identity.ts';
import { isDuplicate } from '../../mongo/failure.ts';
import type { Collections } from './collections.ts';
import type { StoredOrigin } from './links.ts';
import { allFields, keyOf, type Stored, writingFields } from './stored.ts';

/** So many documents go by one command; all that any has to be is far below what a command may weigh. */
const perCommand = 1_000;

/** A document that is never removed and says nothing: see `remember`. */
const mark = 'mark';

const now = { changed: { $type: 'timestamp' } } as const;

/** What is removed is the writing: the head stays, with a higher revision. */
export async function tombstone(
  documents: Collection<Stored>,
  ids: readonly string[],
): Promise<number> {
  let ended = 0;
  for (const keys of inParts(ids.map(keyOf))) {
    const { modifiedCount } = await documents.updateMany(
      { _id: { $in: [...keys] }, state: 'live' },
      {
        $set: { state: 'tombstone' },
        $unset: removing(writingFields),
        $inc: { revision: 1 },
        $currentDate: now,
      },
    );
    ended += modifiedCount;
  }
  return ended;
}

/**
 * Forgets documents. First the writes that decide, one for each document; what else tells of them is found by their
 * ids alone, so that the same call finishes the work of one that was killed. Returns how many there were.
 */
export async function forget(
  { documents, origins, memories }: Collections,
  ids: readonly string[],
): Promise<number> {
  let removed = 0;
  for (const _id of ids.map(keyOf)) {
    // Where nothing was to be emptied, somebody may have put something before the promise stood.
    const was =
      (await emptied(documents, _id)) ||
      (!(await promised(documents, _id)) && (await emptied(documents, _id)));
    if (was) removed += 1;
  }
  await removeOrigins(origins, new Set(ids));
  for (const part of inParts(ids)) await memories.deleteMany({ documentId: { $in: [...part] } });
  return removed;
}

/** A page that was collected by its own link stands in the list of origins too. */
async function removeOrigins(
  origins: Collection<StoredOrigin>,
  ids: ReadonlySet<string>,
): Promise<void> {
  const links: string[] = [];
  for await (const { _id } of origins.find({}, { projection: { _id: 1 } })) {
    if (ids.has(documentId(_id))) links.push(_id);
  }
  for (const part of inParts(links)) await origins.deleteMany({ _id: { $in: [...part] } });
}

async function emptied(documents: Collection<Stored>, _id: string): Promise<boolean> {
  const { modifiedCount } = await documents.updateOne(
    { _id, state: { $in: ['live', 'tombstone'] } },
    { $set: { state: 'forgotten' }, $unset: removing(allFields), $currentDate: now },
  );
  return modifiedCount === 1;
}

/** Promises not to take in what has never been seen; false when it has been, be it meanwhile. */
async function promised(documents: Collection<Stored>, _id: string): Promise<boolean> {
  try {
    const missing = { _id, state: { $exists: false } };
    await documents.updateOne(missing, { $set: { state: 'forgotten' } }, { upsert: true });
    return true;
  } catch (error) {
    if (isDuplicate(error)) return false;
    throw error;
  }
}

/**
 * Lifts the promise. With what is left of a forgotten document the time of its last change would go, and the
 * warehouse would look as it did before; so the mark takes a later time first.
 */
export async function remember(
  documents: Collection<Stored>,
  ids: readonly string[],
): Promise<void> {
  for (const keys of inParts(ids.map(keyOf))) {
    const lifted = { _id: { $in: [...keys] }, state: 'forgotten' as const };
    if (!(await documents.findOne(lifted, { projection: { _id: 1 } }))) continue;
    await touchMark(documents);
    await documents.deleteMany(lifted);
  }
}

async function touchMark(documents: Collection<Stored>): Promise<void> {
  const touch = { $set: { state: mark }, $currentDate: now } as const;
  try {
    await documents.updateOne({ _id: mark }, touch, { upsert: true });
  } catch (error) {
    // Two made it at once.
    if (!isDuplicate(error)) throw error;
    await documents.updateOne({ _id: mark }, touch);
  }
}

function removing(fields: readonly string[]): Record<string, ''> {
  return Object.fromEntries(fields.map((field) => [field, ''] as const));
}

function* inParts<Item>(items: readonly Item[]): Iterable<readonly Item[]> {
  for (let from = 0; from < items.length; from += perCommand) {
    yield items.slice(from, from + perCommand);
  }
}
