import { createHash } from 'node:crypto';
import type { Collection } from 'mongodb';
import type { Stored } from './stored.ts';

/**
 * Two writers at once may become visible in another order than the server's clock stamped them. So not the latest
 * stamp alone is the version but the latest few: one that appears belatedly among them makes another version too.
 * Far more than there are connections to write at the same moment.
 */
const latest = 100;

/**
 * A number (48 bits) made of the stamps of the latest changes. Each was written with its change, by one atomic write,
 * and comes from the server's clock, which never gives the same twice; so the version is neither lost nor early, whoever
 * is killed when.
 */
export async function versionOf(documents: Collection<Stored>): Promise<number> {
  const found = await documents
    .find({}, { projection: { _id: 0, changed: 1 } })
    .sort({ changed: -1 })
    .limit(latest)
    .toArray();
  const stamps = found.flatMap(({ changed }) => (changed ? [changed.toString()] : []));
  if (stamps.length === 0) return 0;
  return createHash('sha256').update(stamps.join()).digest().readUIntBE(0, 6);
}
