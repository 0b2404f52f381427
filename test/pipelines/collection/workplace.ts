import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type CollectOptions, collect } from '../../../pipelines/collection/collect.ts';
import type { CollectEvent, ItemEvent } from '../../../pipelines/collection/events.ts';
import { openDatabase } from '../../../pipelines/stores/sqlite/database.ts';
import type { Document } from '../../../pipelines/stores/warehouse/document.ts';
import type { Warehouse } from '../../../pipelines/stores/warehouse/port.ts';
import { openSqliteWarehouse } from '../../../pipelines/stores/warehouse/sqlite.ts';

/** A folder to write in and a real warehouse to collect into, both gone after the test. */
export type Workplace = AsyncDisposable & {
  readonly root: string;
  readonly warehouse: Warehouse;
  readonly write: (path: string, content: string | Uint8Array) => Promise<string>;
  readonly collect: (links: readonly string[], options?: CollectOptions) => Promise<Collected>;
  readonly documents: () => Promise<readonly Document[]>;
};

export type Collected = {
  readonly events: readonly CollectEvent[];
  readonly items: readonly ItemEvent[];
  /** Outcome (with the reason's code) by the end of the link. */
  readonly byName: Readonly<Record<string, string>>;
};

export async function openWorkplace(): Promise<Workplace> {
  const home = await mkdtemp(join(tmpdir(), 'understudy-collection-'));
  const root = join(home, 'writing');
  await mkdir(root);
  const database = openDatabase(join(home, 'state'));
  const warehouse = openSqliteWarehouse(database);
  return {
    root,
    warehouse,
    write: async (path, content) => {
      const file = join(root, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
      return file;
    },
    collect: async (links, options = {}) => {
      const events = await all(
        collect(links, { warehouse }, { fetch: { intervalMs: 1 }, ...options }),
      );
      const items = events.filter((event) => event.type === 'item');
      const byName = items.map(({ link, outcome, reason }) => [
        decodeURIComponent(link.slice(link.lastIndexOf('/') + 1)),
        reason ? `${outcome} ${reason.code}` : outcome,
      ]);
      return { events, items, byName: Object.fromEntries(byName) };
    },
    documents: () => all(warehouse.documents()),
    [Symbol.asyncDispose]: async () => {
      await warehouse.close();
      database.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** Everything an iterable yields. */
export async function all<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
