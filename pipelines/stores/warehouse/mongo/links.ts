import type { Collection, Filter, WithoutId } from 'mongodb';
import { z } from 'zod';
import { isDuplicate } from '../../mongo/failure.ts';
import { parsed } from '../../mongo/parsed.ts';
import type { FetchMemory, Origin } from '../port.ts';

const originSchema = z.object({
  /** The link. */
  _id: z.string(),
  crawler: z.string(),
  addedAt: z.string(),
  lastCollectedAt: z.string().nullable(),
  /** JSON: the names in it are the crawlers' own, and MongoDB does not take every name. */
  lastOutcome: z.string(),
});
export type StoredOrigin = z.infer<typeof originSchema>;

const outcomeSchema = z.record(z.string(), z.number());

const memorySchema = z.object({
  etag: z.string().optional(),
  lastModified: z.string().optional(),
  fingerprint: z.string().optional(),
  documentId: z.string().optional(),
});
export type StoredMemory = z.infer<typeof memorySchema> & {
  /** The link. */
  readonly _id: string;
};

export async function allOrigins(origins: Collection<StoredOrigin>): Promise<readonly Origin[]> {
  const found = await origins.find().sort({ addedAt: 1, _id: 1 }).toArray();
  return found.map((stored) => {
    const { _id, lastOutcome, ...origin } = parsed(originSchema, stored, 'origins');
    return {
      link: _id,
      ...origin,
      lastOutcome: parsed(outcomeSchema, JSON.parse(lastOutcome), 'origins'),
    };
  });
}

export async function putOrigin(
  origins: Collection<StoredOrigin>,
  { link, crawler, addedAt, lastCollectedAt, lastOutcome }: Origin,
): Promise<void> {
  await put(origins, link, {
    ...{ crawler, addedAt, lastCollectedAt },
    lastOutcome: JSON.stringify(lastOutcome),
  });
}

export async function memoryOf(
  memories: Collection<StoredMemory>,
  link: string,
): Promise<FetchMemory | undefined> {
  const found = await memories.findOne({ _id: link });
  if (!found) return undefined;
  const { etag, lastModified, fingerprint, documentId } = parsed(
    memorySchema,
    found,
    'fetch_memory',
  );
  return defined({ etag, lastModified, fingerprint, documentId });
}

export async function putMemory(
  memories: Collection<StoredMemory>,
  link: string,
  { etag, lastModified, fingerprint, documentId }: FetchMemory,
): Promise<void> {
  await put(memories, link, defined({ etag, lastModified, fingerprint, documentId }));
}

async function put<Stored extends { readonly _id: string }>(
  collection: Collection<Stored>,
  link: string,
  values: WithoutId<Stored>,
): Promise<void> {
  const same = { _id: link } as Filter<Stored>;
  const replaced = () => collection.replaceOne(same, values, { upsert: true });
  try {
    await replaced();
  } catch (error) {
    // Another process was the first to put it; now it is there to be replaced.
    if (!isDuplicate(error)) throw error;
    await replaced();
  }
}

function defined(
  memory: { readonly [Name in keyof FetchMemory]: FetchMemory[Name] | undefined },
): FetchMemory {
  return Object.fromEntries(Object.entries(memory).filter(([, value]) => value !== undefined));
}
