import type { Collection } from 'mongodb';
import { isDuplicate } from '../../mongo/failure.ts';
import { checkSize } from '../../mongo/size.ts';
import type { DocumentDraft } from '../document.ts';
import type { Upserted } from '../port.ts';
import { keyOf, type Stored, writingOf } from './stored.ts';

/**
 * Takes a draft in by one atomic write, which happens only if the document still is as it was read: whoever comes
 * second reads again. Most drafts are known already, and for those it is one small read.
 */
export async function upsert(
  documents: Collection<Stored>,
  draft: DocumentDraft,
): Promise<Upserted> {
  const _id = keyOf(draft.id);
  const writing = writingOf(draft);
  checkSize(`“${draft.title}” (${draft.link})`, writing);
  for (;;) {
    const known = await documents.findOne(
      { _id },
      { projection: { state: 1, revision: 1, contentHash: 1 } },
    );
    if (known?.state === 'forgotten') return { outcome: 'refused', revision: 0 };
    const { revision: stored = 0, contentHash: hash } = known ?? {};
    if (hash === writing.contentHash) return { outcome: 'unchanged', revision: stored };

    const revision = stored + 1;
    const next = { ...writing, state: 'live' as const, revision };
    const written = known
      ? await replace(documents, known, next)
      : await insert(documents, { _id, ...next });
    if (written) return { outcome: known?.state === 'live' ? 'changed' : 'created', revision };
  }
}

const now = { changed: { $type: 'timestamp' } } as const;

async function replace(
  documents: Collection<Stored>,
  asRead: Pick<Stored, '_id' | 'state' | 'revision' | 'contentHash'>,
  next: Omit<Stored, '_id'>,
): Promise<boolean> {
  const { matchedCount } = await documents.updateOne(asRead, { $set: next, $currentDate: now });
  return matchedCount === 1;
}

/** As an update, which matches nothing that is there: only in an update every server fills in its own clock. */
async function insert(documents: Collection<Stored>, { _id, ...next }: Stored): Promise<boolean> {
  try {
    const missing = { _id, state: { $exists: false } };
    await documents.updateOne(missing, { $set: next, $currentDate: now }, { upsert: true });
    return true;
  } catch (error) {
    if (isDuplicate(error)) return false;
    throw error;
  }
}
