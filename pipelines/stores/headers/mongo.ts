import type { Collection } from 'mongodb';
import { z } from 'zod';
import { sha256 } from '../identity.ts';
import { prepareCollection } from '../mongo/collection.ts';
import type { Mongo } from '../mongo/connection.ts';
import { attempt, isDuplicate } from '../mongo/failure.ts';
import type { HeadedDocument, HeaderAttempt, HeaderStore } from './port.ts';

const headedSchema = z.object({
  /** Hash of recipe, document and content. */
  _id: z.string(),
  documentId: z.string(),
  contentHash: z.string(),
  /** By `<start>-<end>`: adding to them is one atomic update, however many there are. */
  headers: z.record(z.string().regex(/^\d+-\d+$/u), z.string()),
});
type Headed = z.infer<typeof headedSchema>;

const unfinishedSchema = z.object({
  /** Hash of recipe and document. */
  _id: z.string(),
  recipe: z.string(),
  documentId: z.string(),
  contentHash: z.string(),
  missing: z.number(),
  attempts: z.number(),
});
type Unfinished = z.infer<typeof unfinishedSchema>;

/** How many document ids go into one command. */
const pieceLength = 1_000;

/**
 * Headers on MongoDB: all that a recipe wrote above a document's passages is one document. What is forgotten is gone for
 * every reader at once; the server's log of operations and its free pages are the operator's to limit.
 */
export async function openMongoHeaders(mongo: Mongo): Promise<HeaderStore> {
  const headed = await prepareCollection<Headed>(mongo, {
    name: 'headers',
    indexes: [{ name: 'by_document', key: { documentId: 1, contentHash: 1 } }],
  });
  const unfinished = await prepareCollection<Unfinished>(mongo, {
    name: 'unfinished_headers',
    indexes: [
      { name: 'by_recipe', key: { recipe: 1, documentId: 1, attempts: 1 } },
      { name: 'by_document', key: { documentId: 1 } },
    ],
  });
  const forget = async (documentIds: readonly string[]) => {
    for (let from = 0; from < documentIds.length; from += pieceLength) {
      const documentId = { $in: documentIds.slice(from, from + pieceLength) };
      await attempt('forget headers', async () => {
        await headed.deleteMany({ documentId });
        await unfinished.deleteMany({ documentId });
      });
    }
  };

  return {
    async get(recipe, document) {
      const _id = keyOf(recipe, document.id, document.contentHash);
      const found = await attempt('read headers', () => headed.findOne({ _id }));
      if (!found) return [];
      return Object.entries(headedSchema.parse(found).headers)
        .map(([range, text]) => {
          const [start = 0, end = 0] = range.split('-').map(Number);
          return { start, end, text };
        })
        .sort((a, b) => a.start - b.start || a.end - b.end);
    },
    async put(recipe, { id: documentId, contentHash }, headers) {
      const _id = keyOf(recipe, documentId, contentHash);
      const added = headers.map(({ start, end, text }) => [`headers.${start}-${end}`, text]);
      await attempt('keep headers', async () => {
        if (added.length > 0) {
          const fields = { documentId, contentHash, ...Object.fromEntries(added) };
          await againIfDuplicate(() =>
            headed.updateOne({ _id }, { $set: fields }, { upsert: true }),
          );
        }
        // Afterwards, so that a kill in between costs nothing that was paid for.
        await headed.deleteMany({ documentId, contentHash: { $ne: contentHash } });
      });
    },
    noteAttempt: (recipe, document, outcome) =>
      attempt('note an attempt', () => note(unfinished, recipe, document, outcome)),
    async unfinished(recipe, attempts) {
      const found = await attempt('read unfinished headers', () =>
        unfinished
          .find({ recipe, attempts: { $lt: attempts } })
          .sort({ documentId: 1 })
          .toArray(),
      );
      return found.map((each) => unfinishedSchema.parse(each).documentId);
    },
    remove: (documentId) => forget([documentId]),
    forget,
  };
}

async function note(
  unfinished: Collection<Unfinished>,
  recipe: string,
  { id: documentId, contentHash }: HeadedDocument,
  { missing, counts }: HeaderAttempt,
): Promise<void> {
  const _id = keyOf(recipe, documentId);
  if (missing === 0) {
    await unfinished.deleteOne({ _id });
    return;
  }
  const attempts = counts ? 1 : 0;
  await againIfDuplicate(async () => {
    const again = { $set: { missing }, $inc: { attempts } };
    const { matchedCount } = await unfinished.updateOne({ _id, contentHash }, again);
    if (matchedCount > 0) return;
    // Changed content is counted from the beginning. Refused as a duplicate if somebody noted this content just now.
    const first = { $set: { recipe, documentId, contentHash, missing, attempts } };
    await unfinished.updateOne({ _id, contentHash: { $ne: contentHash } }, first, { upsert: true });
  });
}

/** Of two who upsert at once one may be refused; then there is something to update. */
async function againIfDuplicate(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    await work();
  }
}

const keyOf = (...parts: readonly string[]) => sha256(JSON.stringify(parts));
