import type { Collection, Point } from './collection.ts';
import { compareIds } from './ids.ts';
import { pathOf, valuesAt } from './json-path.ts';
import { momentOf } from './moments.ts';
import { badRequest } from './refusal.ts';
import type { OrderBy } from './requests.ts';

const RANGES = new Set(['integer', 'float', 'datetime']);

/**
 * Points in the order of a field that has a range index, each once for every value it has there; ties by id. Without such
 * an index, refused.
 */
export function ordered(
  collection: Collection,
  points: Iterable<Point>,
  given: string | OrderBy,
): readonly { readonly point: Point; readonly value: number }[] {
  const { key, direction, start_from: from } = typeof given === 'string' ? { key: given } : given;
  const kind = collection.payloadIndexes.get(key)?.kind;
  if (kind === undefined || !RANGES.has(kind)) {
    const see =
      'Check https://qdrant.tech/documentation/concepts/indexing/#payload-index to see which payload schemas support Range conditions';
    throw badRequest(
      `No range index for \`order_by\` key: \`${key}\`. Please create one to use \`order_by\`. ${see}`,
    );
  }
  const path = pathOf(key);
  const read = (value: unknown) => (kind === 'datetime' ? momentOf(value) : value);
  const start = from === null || from === undefined ? undefined : read(from);
  const sign = direction === 'desc' ? -1 : 1;
  return Array.from(points)
    .flatMap((point) =>
      valuesAt(point.payload, path)
        .flat()
        .map(read)
        .filter((value) => typeof value === 'number')
        .map((value) => ({ point, value })),
    )
    .filter(({ value }) => typeof start !== 'number' || (value - start) * sign >= 0)
    .sort((a, b) => (a.value - b.value) * sign || compareIds(a.point.id, b.point.id) * sign);
}
