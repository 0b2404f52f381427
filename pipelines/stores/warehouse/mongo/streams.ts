import type { Collection, Filter } from 'mongodb';
import { z } from 'zod';
import { attempt } from '../../mongo/failure.ts';
import { parsed } from '../../mongo/parsed.ts';
import type { Document } from '../document.ts';
import type { Head } from '../port.ts';
import { documentOf, documentsName, type Stored } from './stored.ts';

/** Documents can be megabytes each, heads are a few dozen bytes. */
const documentsPerPage = 16;
const headsPerPage = 1_000;

const headSchema = z.object({
  id: z.string(),
  revision: z.int(),
  state: z.enum(['live', 'tombstone']),
});

/**
 * Page by page after the last id seen. One cursor for all would be ended by the server under a reader who thinks for
 * ten minutes, and by any cut of the connection; a page is simply asked for again.
 */
export async function* documents(
  collection: Collection<Stored>,
  { origin, author }: { readonly origin?: string; readonly author?: string },
): AsyncIterable<Document> {
  const filter: Filter<Stored> = {
    state: 'live',
    ...(origin !== undefined && { origin }),
    ...(author !== undefined && { 'author.id': author }),
  };
  yield* pages(documentsPerPage, documentOf, (after) =>
    collection.find({ ...filter, id: { $gt: after } }),
  );
}

export async function* heads(
  collection: Collection<Stored>,
  { origin }: { readonly origin?: string },
): AsyncIterable<Head> {
  // The forgotten have no id, so they are not in here.
  const filter: Filter<Stored> = origin === undefined ? {} : { origin };
  yield* pages(
    headsPerPage,
    (stored) => parsed(headSchema, stored, documentsName),
    (after) =>
      collection
        .find({ ...filter, id: { $gt: after } })
        .project({ _id: 0, id: 1, revision: 1, state: 1 }),
  );
}

type Found = ReturnType<Collection<Stored>['find']>;

async function* pages<Item extends { readonly id: string }>(
  size: number,
  parse: (stored: unknown) => Item,
  find: (after: string) => Pick<Found, 'sort'>,
): AsyncIterable<Item> {
  let after = '';
  for (;;) {
    const page = await attempt('read documents', () =>
      find(after).sort({ id: 1 }).limit(size).toArray(),
    );
    for (const stored of page) {
      const item = parse(stored);
      after = item.id;
      yield item;
    }
    if (page.length < size) return;
  }
}
