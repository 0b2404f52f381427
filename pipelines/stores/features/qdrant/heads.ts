import { TransientError } from '../../errors.ts';
import { agreed, ask, type Connection } from './connection.ts';
import { type Condition, isOneOf } from './filter.ts';
import { headId, type Mark, type Mention, markFields, markOf } from './points.ts';

type Marks = ReadonlyMap<string, Mark>;

const idsAtOnce = 256;
const mostTries = 100;

/** What the heads of documents say, by document; what has none is not there. */
export async function marksOf(
  connection: Connection,
  set: string,
  documentIds: Iterable<string>,
  signal?: AbortSignal,
): Promise<Marks> {
  const found = new Map<string, Mark>();
  const payloads = await payloadsOf(
    connection,
    set,
    [...new Set(documentIds)].map(headId),
    markFields,
    signal,
  );
  for (const payload of payloads.values()) {
    const mark = markOf(payload);
    found.set(mark.documentId, mark);
  }
  return found;
}

/** The payloads of points by id. */
export async function payloadsOf(
  connection: Connection,
  set: string,
  ids: readonly string[],
  fields: string[] | true,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, unknown>> {
  const found = new Map<string, unknown>();
  for (let from = 0; from < ids.length; from += idsAtOnce) {
    const some = ids.slice(from, from + idsAtOnce);
    const points = await ask(
      connection,
      'read points',
      (api, init) =>
        api.getPoints(
          {
            collection_name: connection.names.set(set),
            ...agreed(connection),
            ids: some,
            with_payload: fields,
          },
          init,
        ),
      signal,
    );
    for (const { id, payload } of points) found.set(String(id), payload);
  }
  return found;
}

/** Points that a search found; `floor`: it would have named everything that scores more. */
export type Found<T> = { readonly hits: readonly T[]; readonly floor: number };

/**
 * What a search finds of documents as they stand, never of two revisions of one, nor of half of one.
 *
 * Qdrant has no transactions: while a document is being replaced, passages of both revisions are there, and which
 * ones count is said by its head. So after a search the heads are asked. Documents whose passages are not their
 * head's, or whose head moved so lately that the search may have run before the last of its passages came, are
 * searched again by themselves, for exactly that version, until their heads stay where they were meanwhile.
 */
export async function visible<T extends Mention>(
  connection: Connection,
  set: string,
  search: (more: readonly Condition[]) => Promise<Found<T>>,
  signal?: AbortSignal,
): Promise<Found<T>> {
  const first = await search([]);
  let marks = await marksOf(
    connection,
    set,
    first.hits.map(({ documentId }) => documentId),
    signal,
  );
  const lately = Date.now() - connection.timing.doubtMs;
  const doubtful = new Set(
    first.hits
      .filter(({ documentId, version }) => {
        const mark = marks.get(documentId);
        return mark?.version !== version || mark.flippedAt > lately;
      })
      .map(({ documentId }) => documentId),
  );
  if (doubtful.size === 0) return first;
  const certain = first.hits.filter(({ documentId }) => !doubtful.has(documentId));
  for (let tried = 0; tried < mostTries; tried += 1) {
    const versions = [...doubtful].flatMap((id) => marks.get(id)?.version ?? []);
    const again =
      versions.length === 0
        ? { hits: [], floor: Number.NEGATIVE_INFINITY }
        : await search([isOneOf('version', versions)]);
    const now = await marksOf(connection, set, doubtful, signal);
    if ([...doubtful].every((id) => now.get(id)?.version === marks.get(id)?.version)) {
      return {
        hits: [...certain, ...again.hits],
        floor: Math.max(first.floor, again.floor),
      };
    }
    marks = now;
  }
  throw restless();
}

/** Does something with a document's mark, again and again until that has not moved meanwhile. */
export async function steadily<T>(
  connection: Connection,
  set: string,
  documentId: string,
  read: (mark: Mark | undefined) => Promise<T>,
): Promise<T> {
  let mark = (await marksOf(connection, set, [documentId])).get(documentId);
  for (let tried = 0; tried < mostTries; tried += 1) {
    const result = await read(mark);
    const now = (await marksOf(connection, set, [documentId])).get(documentId);
    if (now?.version === mark?.version) return result;
    mark = now;
  }
  throw restless();
}

function restless(): TransientError {
  return new TransientError('Documents change faster than they can be read.', {
    code: 'features.restless',
    hint: 'Try again once fewer documents are being written.',
  });
}
