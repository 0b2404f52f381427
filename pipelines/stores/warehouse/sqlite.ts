import { contentHash, documentId, sha256 } from '../identity.ts';
import type { Database } from '../sqlite/database.ts';
import { migrate } from '../sqlite/migrate.ts';
import { number, text, textOrNull } from '../sqlite/row.ts';
import type { DocumentDraft } from './document.ts';
import { facetsOf, titlesOf } from './facets.ts';
import type { FetchMemory, Upserted, Warehouse } from './port.ts';
import { documentOf, memoryOf, originOf } from './rows.ts';
import { warehouseSchema } from './schema.ts';
import { documents, heads } from './streams.ts';

/** The warehouse in the one SQLite file. The caller owns the database; `close` here releases nothing. */
export function openSqliteWarehouse(database: Database): Warehouse {
  migrate(database, warehouseSchema);

  return {
    upsert: async (draft) => database.transaction(() => upsert(database, draft)),
    async get(id) {
      const row = database.get(`select * from documents where id = ? and state = 'live'`, id);
      return row && documentOf(row);
    },
    documents: (filter = {}) => documents(database, filter),
    heads: (filter = {}) => heads(database, filter),

    async tombstone(ids) {
      return database.transaction(() => {
        const ended = database.run(
          `update documents set state = 'tombstone', revision = revision + 1,
             content_hash = null, kind = null, platform = null, source = null, author_id = null,
             author_name = null, link = null, title = null, published_at = null, language = null,
             collected_at = null, extras = null, content = null
           where state = 'live' and id in (select value from json_each(?))`,
          JSON.stringify(ids),
        );
        if (ended > 0) bumpVersion(database);
        return ended;
      });
    },

    async forget(ids) {
      const removed = database.transaction(() => {
        const count = ids.reduce((sum, id) => sum + forget(database, id), 0);
        forgetOrigins(database, new Set(ids));
        if (count > 0) bumpVersion(database);
        return count;
      });
      // Also when nothing was left to remove: an earlier attempt may have been stopped right here.
      database.scrub();
      return removed;
    },
    async remember(ids) {
      database.transaction(() => {
        for (const id of ids) database.run('delete from forgotten where hash = ?', promiseOf(id));
      });
    },

    facets: async (access) => database.snapshot(() => facetsOf(database, access)),
    titles: async (limit, access) => titlesOf(database, limit, access),
    async version() {
      const row = database.get('select version from warehouse_version');
      return row ? number(row, 'version') : 0;
    },

    async origins() {
      return database.all('select * from origins order by added_at, link').map(originOf);
    },
    async putOrigin({ link, crawler, addedAt, lastCollectedAt, lastOutcome }) {
      database.run(
        'insert or replace into origins values (?, ?, ?, ?, ?)',
        link,
        crawler,
        addedAt,
        lastCollectedAt,
        JSON.stringify(lastOutcome),
      );
    },
    async removeOrigin(link) {
      database.run('delete from origins where link = ?', link);
    },
    async fetchMemory(link) {
      const row = database.get('select * from fetch_memory where link = ?', link);
      return row && memoryOf(row);
    },
    putFetchMemory: async (link, memory) => putMemory(database, link, memory),

    async close() {},
  };
}

/** What is kept of a forgotten document: enough to know it again, not enough to know what it was. */
export const promiseOf = (id: string): string => sha256(`forgotten:${id}`);

/** What a crawler remembers about a link, in the place of what it remembered before. */
export function putMemory(
  database: Database,
  link: string,
  { etag, lastModified, fingerprint, documentId }: FetchMemory,
): void {
  database.run(
    'insert or replace into fetch_memory values (?, ?, ?, ?, ?)',
    link,
    etag ?? null,
    lastModified ?? null,
    fingerprint ?? null,
    documentId ?? null,
  );
}

function bumpVersion(database: Database): void {
  database.run('update warehouse_version set version = version + 1');
}

function upsert(database: Database, draft: DocumentDraft): Upserted {
  if (database.get('select 1 from forgotten where hash = ?', promiseOf(draft.id))) {
    return { outcome: 'refused', revision: 0 };
  }
  const row = database.get(
    'select revision, state, content_hash from documents where id = ?',
    draft.id,
  );
  const stored = row ? number(row, 'revision') : 0;
  const hash = contentHash(draft);
  // A tombstone's hash is null, so a document that comes back is always a new revision.
  if (row && textOrNull(row, 'content_hash') === hash) {
    return { outcome: 'unchanged', revision: stored };
  }
  const revision = stored + 1;
  database.run(
    `insert into documents (id, revision, state, origin, content_hash, kind, platform, source,
       author_id, author_name, link, title, published_at, language, collected_at, extras, content)
     values (?, ?, 'live', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (id) do update set revision = excluded.revision, state = 'live',
       origin = excluded.origin, content_hash = excluded.content_hash, kind = excluded.kind,
       platform = excluded.platform, source = excluded.source, author_id = excluded.author_id,
       author_name = excluded.author_name, link = excluded.link, title = excluded.title,
       published_at = excluded.published_at, language = excluded.language,
       collected_at = excluded.collected_at, extras = excluded.extras, content = excluded.content`,
    draft.id,
    revision,
    draft.origin,
    hash,
    draft.kind,
    draft.platform,
    draft.source,
    draft.author.id,
    draft.author.name,
    draft.link,
    draft.title,
    draft.publishedAt,
    draft.language,
    draft.collectedAt,
    JSON.stringify(draft.extras),
    draft.content,
  );
  bumpVersion(database);
  const wasLive = row !== undefined && text(row, 'state') === 'live';
  return { outcome: wasLive ? 'changed' : 'created', revision };
}

function forget(database: Database, id: string): number {
  database.run('insert or ignore into forgotten values (?)', promiseOf(id));
  database.run('delete from fetch_memory where document_id = ?', id);
  return database.run('delete from documents where id = ?', id);
}

/** A page that was collected by its own link stands in the list of origins too. */
function forgetOrigins(database: Database, ids: ReadonlySet<string>): void {
  for (const row of database.all('select link from origins')) {
    const link = text(row, 'link');
    if (ids.has(documentId(link))) database.run('delete from origins where link = ?', link);
  }
}
