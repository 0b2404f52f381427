import { Binary, type Collection } from 'mongodb';
import { z } from 'zod';
import { sha256 } from '../identity.ts';
import { prepareCollection } from '../mongo/collection.ts';
import type { Mongo } from '../mongo/connection.ts';
import { attempt, isDuplicate } from '../mongo/failure.ts';
import { checkDimensions } from './dimensions.ts';
import type { CacheBounds, CachedVector, EmbeddingCache, EmbeddingSpace } from './port.ts';

const dayMs = 24 * 3_600_000;

/** How many go into one command: at 4,096 dimensions a piece of vectors is 8 MB, of MongoDB's 48. */
const pieceLength = 500;

/** The hash of a text is the end of its key. */
const hashLength = 64;

const storedSchema = z.object({
  /** `<hash of the space>:<hash of the text>`. */
  _id: z.string(),
  /** Days since 1970, so that reading a vector writes at most once a day. */
  usedOn: z.number(),
  /** What the numbers take. */
  bytes: z.number(),
  vector: z.instanceof(Binary),
});
type Stored = z.infer<typeof storedSchema>;

const lengthSchema = z.object({ _id: z.number(), vectors: z.number() });

/**
 * The cache on MongoDB: vectors as BSON's own binary of 32-bit floats. What is dropped is gone for every reader at once;
 * the server's log of operations and its free pages are the operator's to limit.
 */
export async function openMongoEmbeddings(
  mongo: Mongo,
  now: () => number = Date.now,
): Promise<EmbeddingCache> {
  const vectors = await prepareCollection<Stored>(mongo, {
    name: 'embeddings',
    indexes: [{ name: 'by_use', key: { usedOn: 1, _id: 1, bytes: 1 } }],
  });
  const today = () => Math.floor(now() / dayMs);

  return {
    get: (space, hashes) => read(vectors, space, hashes, today()),
    async put(space, cached) {
      for (const { vector } of cached) checkDimensions(space, vector);
      for (const piece of pieces(stored(space, cached, today()))) await write(vectors, piece);
    },
    prune: (bounds) => prune(vectors, bounds, now()),
    retain: (hashes) => retain(vectors, hashes),
    size: () => size(vectors),
  };
}

/** The later of two of the same hash, as two in one unordered command have no order. */
function stored(
  space: EmbeddingSpace,
  cached: readonly CachedVector[],
  usedOn: number,
): readonly Stored[] {
  const prefix = prefixOf(space);
  const byKey = new Map<string, Stored>();
  for (const { hash, vector } of cached) {
    const _id = prefix + hash;
    const bytes = vector.byteLength;
    byKey.set(_id, { _id, usedOn, bytes, vector: Binary.fromFloat32Array(vector) });
  }
  return [...byKey.values()];
}

async function write(vectors: Collection<Stored>, piece: readonly Stored[]): Promise<void> {
  const operations = piece.map(({ _id, ...replacement }) => ({
    replaceOne: { filter: { _id }, replacement, upsert: true },
  }));
  const all = () => vectors.bulkWrite(operations, { ordered: false });
  await attempt('keep vectors', async () => {
    try {
      await all();
    } catch (error) {
      // Somebody else put one of them at the same moment: now they are there to be replaced.
      if (!isDuplicate(error)) throw error;
      await all();
    }
  });
}

async function read(
  vectors: Collection<Stored>,
  space: EmbeddingSpace,
  hashes: readonly string[],
  today: number,
): Promise<readonly (Float32Array | undefined)[]> {
  const prefix = prefixOf(space);
  const found = new Map<string, Float32Array>();
  const stale: string[] = [];
  await attempt('read vectors', async () => {
    for (const piece of pieces([...new Set(hashes)].map((hash) => prefix + hash))) {
      for await (const document of vectors.find({ _id: { $in: piece } })) {
        const { _id, usedOn, vector } = storedSchema.parse(document);
        found.set(_id, vector.toFloat32Array());
        if (usedOn < today) stale.push(_id);
      }
    }
    for (const piece of pieces(stale)) {
      await vectors.updateMany(
        { _id: { $in: piece }, usedOn: { $lt: today } },
        { $set: { usedOn: today } },
      );
    }
  });
  return hashes.map((hash) => found.get(prefix + hash));
}

async function prune(
  vectors: Collection<Stored>,
  { unusedForMs, maxBytes }: CacheBounds,
  now: number,
): Promise<number> {
  return await attempt('drop vectors', async () => {
    let dropped = 0;
    if (unusedForMs !== undefined) {
      const oldest = Math.floor((now - unusedForMs) / dayMs);
      dropped += (await vectors.deleteMany({ usedOn: { $lt: oldest } })).deletedCount;
    }
    if (maxBytes === undefined) return dropped;
    let excess = (await size(vectors)).bytes - maxBytes;
    if (excess <= 0) return dropped;
    const longestAgo = vectors
      .find({}, { projection: { bytes: 1 } })
      .sort({ usedOn: 1, _id: 1 })
      .map((document) => storedSchema.pick({ _id: true, bytes: true }).parse(document));
    let surplus: string[] = [];
    for await (const { _id, bytes } of longestAgo) {
      if (excess <= 0) break;
      excess -= bytes;
      surplus.push(_id);
      if (surplus.length < pieceLength) continue;
      dropped += await drop(vectors, surplus);
      surplus = [];
    }
    return dropped + (await drop(vectors, surplus));
  });
}

async function retain(vectors: Collection<Stored>, hashes: Iterable<string>): Promise<number> {
  const kept = new Set<string>();
  for (const hash of hashes) kept.add(compact(hash));
  return await attempt('drop vectors', async () => {
    let dropped = 0;
    let others: string[] = [];
    for await (const { _id } of vectors.find({}, { projection: { _id: 1 } })) {
      if (kept.has(compact(_id.slice(-hashLength)))) continue;
      others.push(_id);
      if (others.length < pieceLength) continue;
      dropped += await drop(vectors, others);
      others = [];
    }
    return dropped + (await drop(vectors, others));
  });
}

async function drop(vectors: Collection<Stored>, keys: readonly string[]): Promise<number> {
  if (keys.length === 0) return 0;
  return (await vectors.deleteMany({ _id: { $in: keys } })).deletedCount;
}

/** Counted by length, of which there are as many as kinds of models. */
async function size(
  vectors: Collection<Stored>,
): Promise<{ readonly vectors: number; readonly bytes: number }> {
  const byLength = { _id: '$bytes', vectors: { $sum: 1 } };
  const found = await attempt('measure the vectors', () =>
    vectors.aggregate([{ $group: byLength }]).toArray(),
  );
  const total = { vectors: 0, bytes: 0 };
  for (const each of found) {
    const { _id: length, vectors: many } = lengthSchema.parse(each);
    total.vectors += many;
    total.bytes += many * length;
  }
  return total;
}

/** A million hashes as 32 characters of one byte each are 60 MB; as hexadecimal ones they were half as much again. */
const compact = (hash: string) => Buffer.from(hash, 'hex').toString('latin1');

function prefixOf({ model, role }: EmbeddingSpace): string {
  const space = sha256(JSON.stringify([model.name, model.revision, model.dimensions, role]));
  return `${space.slice(0, 32)}:`;
}

function* pieces<T>(items: readonly T[]): Generator<T[]> {
  for (let from = 0; from < items.length; from += pieceLength) {
    yield items.slice(from, from + pieceLength);
  }
}
