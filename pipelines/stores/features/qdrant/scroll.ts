import { agreed, ask, type Connection } from './connection.ts';
import type { Filter } from './filter.ts';

type Page = {
  readonly filter: Filter;
  readonly fields: string[] | true;
  /** Points read at once. */
  readonly page?: number;
  readonly signal?: AbortSignal;
};

/** Points and their payloads, in ascending order of their ids. */
export async function* scroll(
  connection: Connection,
  collection_name: string,
  { filter, fields, page = 500, signal }: Page,
): AsyncGenerator<{ readonly id: string; readonly payload: unknown }> {
  let offset: string | number | undefined;
  for (;;) {
    const from = offset;
    const { points, next_page_offset } = await ask(
      connection,
      `read ${collection_name}`,
      (api, init) =>
        api.scrollPoints(
          {
            collection_name,
            ...agreed(connection),
            filter,
            limit: page,
            with_payload: fields,
            ...(from !== undefined && { offset: from }),
          },
          init,
        ),
      signal,
    );
    for (const { id, payload } of points) yield { id: String(id), payload };
    if (typeof next_page_offset !== 'string' && typeof next_page_offset !== 'number') return;
    offset = next_page_offset;
  }
}
