import type { Access } from '../../stores/features/port.ts';
import type { Document } from '../../stores/warehouse/document.ts';
import type { Warehouse } from '../../stores/warehouse/port.ts';

/** Of more documents than this only the newest are looked at. */
const mostListed = 20_000;

/**
 * At most `most` of the documents that pass, spread evenly from the newest to the oldest; the same ones as long as
 * the warehouse stays the same.
 */
export async function* sampleOf(
  warehouse: Pick<Warehouse, 'titles' | 'get'>,
  most: number,
  access: Access | undefined,
): AsyncGenerator<Document, void> {
  const listed = await warehouse.titles(mostListed, access);
  for (const { id } of spread(listed, most)) {
    const document = await warehouse.get(id);
    if (document !== undefined) yield document;
  }
}

/** `most` of the items, or all, at equal distances. */
export function spread<T>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) return items;
  return Array.from({ length: most }, (_, place) => Math.floor((place * items.length) / most))
    .map((index) => items[index])
    .filter((item) => item !== undefined);
}
