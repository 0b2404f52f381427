import { PermanentError } from '../../errors.ts';
import type { FeatureSet, FeatureStore } from '../port.ts';
import { checkVectors } from '../vectors.ts';
import { createRecordCollection, isMissing } from './collection.ts';
import { ask, type Connection, connect } from './connection.ts';
import { searchDense } from './dense-search.ts';
import { type Sizes, watchDrift } from './growth.ts';
import { searchHybrid } from './hybrid-search.ts';
import { searchLexical } from './lexical-search.ts';
import { putDocument } from './put.ts';
import { chunksById, counts, documentChunks, neighbours, revisions } from './read.ts';
import { forgetDocuments, removeDocument } from './remove.ts';
import {
  allSets,
  createSet,
  dropSet,
  findSet,
  pointedSet,
  repairSets,
  type StoredSet,
  switchTo,
  unknownSet,
} from './sets.ts';
import type { QdrantSettings } from './settings.ts';
import { settle } from './settle.ts';
import { type StatisticsCache, statisticsOf } from './statistics.ts';
import { sweep } from './sweep.ts';
import { documentFeatures } from './whole.ts';
import { indexOf } from './words.ts';

/**
 * The feature store on Qdrant, 1.16 or newer: a collection per set, and a small one that lists them and says which is
 * current. Finishes what killed processes left half done.
 *
 * @throws TransientError when the server does not answer; PermanentError when it refuses us or is too old
 */
export async function openQdrantFeatures(settings: QdrantSettings): Promise<FeatureStore> {
  const connection = connect(settings);
  await checkVersion(connection);
  await createRecordCollection(connection, connection.names.sets);
  for (const { id } of await repairSets(connection)) await sweep(connection, id);
  return storeOn(connection);
}

function storeOn(connection: Connection): FeatureStore {
  const statistics: StatisticsCache = new Map();
  const sizes: Sizes = new Map();
  // A set's manifest never changes.
  const known = new Map<string, StoredSet>();

  const setOf = async (id: string): Promise<StoredSet> => {
    const set = known.get(id) ?? (await findSet(connection, id));
    known.set(id, set);
    return set;
  };
  const counted = async (set: StoredSet): Promise<FeatureSet> => ({
    ...set,
    ...(await inSet(set.id, () => counts(connection, set.id, undefined))),
  });
  const changed = (id: string) => statistics.delete(id);
  const left = (id: string) => {
    for (const memory of [statistics, sizes, known]) memory.delete(id);
  };

  const store: FeatureStore = {
    createSet: async (manifest) => await counted(await createSet(connection, manifest)),
    sets: async () => await Promise.all((await allSets(connection)).map(counted)),
    async current() {
      const set = await pointedSet(connection, 'current');
      return set && (await counted(set));
    },
    async switchTo(id, expected) {
      await switchTo(connection, id, expected, async () => {
        await settle(connection, id);
        changed(id);
      });
    },
    async previous() {
      const set = await pointedSet(connection, 'previous');
      return set && (await counted(set));
    },
    async dropSet(id) {
      await dropSet(connection, id);
      left(id);
    },

    async putDocument(id, features) {
      const set = await setOf(id);
      checkVectors(set, features);
      await inSet(id, async () => {
        try {
          const growth = await putDocument(connection, id, features);
          if (growth) await watchDrift(connection, sizes, id, growth);
        } finally {
          changed(id);
        }
      });
    },
    async removeDocument(id, documentId) {
      const { chunks, tokens } = await inSet(id, () => removeDocument(connection, id, documentId));
      const size = sizes.get(id);
      if (size) sizes.set(id, { chunks: size.chunks + chunks, tokens: size.tokens + tokens });
      changed(id);
    },
    async forget(documentIds) {
      for (const { id } of await allSets(connection)) {
        await forgetDocuments(connection, id, documentIds);
        changed(id);
        sizes.delete(id);
      }
    },
    revisions: (id) => inSetEach(id, revisions(connection, id)),

    searchLexical: (id, terms, options) =>
      inSet(id, () => searchLexical(connection, statistics, id, terms, options)),
    async searchDense(id, vector, options) {
      options.signal?.throwIfAborted();
      const set = await setOf(id);
      return await inSet(id, () => searchDense(connection, set, vector, options));
    },
    async searchHybrid(id, query, options) {
      options.signal?.throwIfAborted();
      const set = await setOf(id);
      return await inSet(id, () =>
        searchHybrid(connection, statistics, store, set, query, options),
      );
    },
    lexicalStatistics: (id, stems) =>
      inSet(id, async () => {
        const found = await statisticsOf(connection, statistics, id, stems);
        const { chunks, averageLength, rarities } = found;
        const documentFrequency = new Map(
          stems.map((each) => [each, rarities.get(indexOf(each))?.documents ?? 0]),
        );
        return { chunks, averageLength, documentFrequency };
      }),
    count: (id, access) => inSet(id, () => counts(connection, id, access)),
    chunks: (id, ids, access) => inSet(id, () => chunksById(connection, id, ids, access)),
    neighbours: (id, documentId, from, to) =>
      inSet(id, () => neighbours(connection, id, documentId, from, to)),
    documentChunks: (id, documentId) => inSetEach(id, documentChunks(connection, id, documentId)),
    documentFeatures: async (id, documentId) => {
      const set = await setOf(id);
      return await inSet(id, () => documentFeatures(connection, set, documentId));
    },

    async close() {
      connection.closing.abort(closed());
    },
  };
  return store;
}

/** A collection that is not there is a set that is not there. */
async function inSet<T>(id: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw isMissing(error) ? unknownSet(id) : error;
  }
}

async function* inSetEach<T>(id: string, items: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* items;
  } catch (error) {
    throw isMissing(error) ? unknownSet(id) : error;
  }
}

const oldest = [1, 16] as const;

/** Conditional writes came with 1.16: an older server would leave the condition out and overwrite. */
async function checkVersion(connection: Connection): Promise<void> {
  const version = await ask(connection, 'say its version', async (api, init) => {
    const { data } = await api.root({}, init);
    return { data: { result: data.version } };
  });
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return;
  throw new PermanentError(`Qdrant ${version} is too old: ${oldest.join('.')} is needed.`, {
    code: 'qdrant.too-old',
    hint: 'Update the Qdrant server.',
  });
}

function closed(): PermanentError {
  return new PermanentError('The feature store is closed.', { code: 'features.closed' });
}
