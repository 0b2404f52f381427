import type { Collection, Filter } from 'mongodb';
import { z } from 'zod';
import { sha256 } from '../identity.ts';
import type { Mongo } from '../mongo/connection.ts';
import { attempt, isDuplicate } from '../mongo/failure.ts';
import type { Release } from '../registry/release.ts';
import {
  movesOf,
  releaseOf,
  type Step,
  sequenceAfter,
  stepAfter,
  stepSchema,
} from '../registry/steps.ts';
import { prepareCollections } from '../warehouse/mongo/collections.ts';
import { memoryOf, putMemory } from '../warehouse/mongo/links.ts';
import {
  allFields,
  documentOf,
  keyOf,
  type Stored,
  writingFields,
  writingOf,
} from '../warehouse/mongo/stored.ts';
import { compareIds, type Mark } from './part.ts';
import {
  type Exact,
  lineDigest,
  lineId,
  lineOf,
  type MovedDocument,
  otherLedger,
} from './parts.ts';

const perPage = 500;
const now = { changed: { $type: 'timestamp' } } as const;

const removing = (fields: readonly string[]): Record<string, ''> =>
  Object.fromEntries(fields.map((field) => [field, ''] as const));

const tombstoneSchema = z.object({ id: z.string(), origin: z.string(), revision: z.int() });

/** What MongoDB keeps, exactly. The collections have to be there: open the stores first. */
export async function mongoExact(mongo: Mongo): Promise<Exact> {
  const { documents, memories } = await prepareCollections(mongo);
  return {
    documents: {
      marks: () =>
        marks(
          documents,
          'id',
          { state: { $in: ['live', 'tombstone'] } },
          ['id', 'revision', 'state', 'origin', 'contentHash', 'collectedAt', 'extras'],
          (stored) =>
            sha256(
              JSON.stringify([
                stored['revision'],
                stored['state'],
                stored['origin'],
                stored['contentHash'] ?? null,
                stored['collectedAt'] ?? null,
                stored['extras'] ?? null,
              ]),
            ),
        ),
      read: (id) =>
        attempt('read a document', async () => {
          const found = await documents.findOne({ _id: keyOf(id) });
          return found ? movedDocument(found) : undefined;
        }),
      write: (id, item) => attempt('keep a document', () => putDocument(documents, id, item)),
    },
    forgotten: {
      marks: () => marks(documents, '_id', { state: 'forgotten' }, ['_id'], () => ''),
      read: (_id) =>
        attempt('read a promise', async () =>
          (await documents.findOne({ _id, state: 'forgotten' })) ? true : undefined,
        ),
      write: (_id) =>
        attempt('keep a promise', async () => {
          const emptied = { $unset: removing(allFields), $currentDate: now } as const;
          const promise = { $set: { state: 'forgotten' }, ...emptied } as const;
          await documents.updateOne({ _id }, promise, { upsert: true });
        }),
    },
    fetchMemory: {
      marks: () =>
        marks(
          memories,
          '_id',
          {},
          ['_id', 'etag', 'lastModified', 'fingerprint', 'documentId'],
          ({ _id, ...memory }) => sha256(JSON.stringify(ordered(memory))),
        ),
      read: (link) => attempt('read what a crawler remembers', () => memoryOf(memories, link)),
      write: (link, memory) =>
        attempt('keep what a crawler remembers', () => putMemory(memories, link, memory)),
      remove: (link) =>
        attempt('drop what a crawler remembers', async () => {
          await memories.deleteOne({ _id: link });
        }),
    },
    ledger: ledgerPart(mongo.db.collection<Step>('registry')),
  };
}

/** In the order in which the other side lists them. */
const ordered = (memory: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(
    ['etag', 'lastModified', 'fingerprint', 'documentId'].flatMap((name) =>
      memory[name] === undefined ? [] : [[name, memory[name]]],
    ),
  );

async function* marks<Kept extends { readonly _id: string }>(
  collection: Collection<Kept>,
  key: string,
  filter: Filter<Kept>,
  fields: readonly string[],
  digest: (stored: Readonly<Record<string, unknown>>) => string,
): AsyncIterable<Mark> {
  const projection = Object.fromEntries(fields.map((field) => [field, 1]));
  let after = '';
  for (;;) {
    const page = await attempt('list what there is', () =>
      collection
        .find({ ...filter, [key]: { $gt: after } } as Filter<Kept>)
        .project<Record<string, unknown>>(key === '_id' ? projection : { _id: 0, ...projection })
        .sort({ [key]: 1 })
        .limit(perPage)
        .toArray(),
    );
    for (const stored of page) {
      after = z.string().parse(stored[key]);
      yield { id: after, digest: digest(stored) };
    }
    if (page.length < perPage) return;
  }
}

function movedDocument(stored: Stored): MovedDocument | undefined {
  if (stored.state === 'live') return { state: 'live', document: documentOf(stored) };
  return stored.state === 'tombstone'
    ? { state: 'tombstone', ...tombstoneSchema.parse(stored) }
    : undefined;
}

async function putDocument(
  documents: Collection<Stored>,
  id: string,
  item: MovedDocument,
): Promise<void> {
  const same = { _id: keyOf(id) };
  if (item.state === 'live') {
    const { contentHash: _hash, revision, ...draft } = item.document;
    const next = { ...writingOf(draft), state: item.state, revision };
    await documents.updateOne(same, { $set: next, $currentDate: now }, { upsert: true });
    return;
  }
  const change = { $set: item, $unset: removing(writingFields), $currentDate: now };
  await documents.updateOne(same, change, { upsert: true });
}

function ledgerPart(steps: Collection<Step>): Exact['ledger'] {
  const all = async (filter: Filter<Step>) => {
    const found = await attempt('read the ledger', () =>
      steps.find(filter).sort({ twin: 1, first: 1 }).toArray(),
    );
    return found.map((step) => stepSchema.parse(step));
  };
  return {
    oneByOne: true,
    async *marks() {
      const moves = (await all({})).flatMap(movesOf);
      const lines = moves.map((move) => ({ id: lineId(move), digest: lineDigest(move) }));
      yield* lines.sort((a, b) => compareIds(a.id, b.id));
    },
    async read(id) {
      const [twin, sequence] = lineOf(id);
      const [step] = await all({ twin, 'moves.sequence': sequence });
      const move = step && movesOf(step).find((each) => each.sequence === sequence);
      if (!move) return undefined;
      const { registered } = step;
      return { move, release: registered && move.from === null ? releaseOf(registered) : null };
    },
    async write(_, { move, release }) {
      const before = (await all({ twin: move.twin })).at(-1);
      if (sequenceAfter(before) !== move.sequence - 1) throw otherLedger(move);
      const { release: id, from, to, by, at, twin } = move;
      const step = stepAfter(before, twin, [{ release: id, from, to, by }], at);
      const registered = release && registrationOf(release);
      await attempt('write to the ledger', async () => {
        try {
          await steps.insertOne({ ...step, ...(registered && { registered }) });
        } catch (error) {
          if (isDuplicate(error)) throw otherLedger(move);
          throw error;
        }
      });
    },
  };
}

function registrationOf({ id, createdAt, ...spec }: Release): NonNullable<Step['registered']> {
  return { id, createdAt, spec: JSON.stringify(spec) };
}
