import { sha256 } from '../identity.ts';
import { moveOf, releaseOf } from '../registry/sqlite.ts';
import type { Database } from '../sqlite/database.ts';
import { number, type Row, text, textOrNull } from '../sqlite/row.ts';
import { documentOf, memoryOf } from '../warehouse/rows.ts';
import { promiseOf, putMemory } from '../warehouse/sqlite.ts';
import type { Mark } from './part.ts';
import {
  type Exact,
  lineDigest,
  lineId,
  lineOf,
  type MovedDocument,
  otherLedger,
} from './parts.ts';

const perPage = 500;

/** What the SQLite file keeps, exactly. */
export function sqliteExact(database: Database): Exact {
  return {
    documents: {
      marks: () =>
        marks(
          database,
          'documents',
          'id',
          (row) =>
            sha256(
              JSON.stringify([
                number(row, 'revision'),
                text(row, 'state'),
                text(row, 'origin'),
                textOrNull(row, 'content_hash'),
                textOrNull(row, 'collected_at'),
                textOrNull(row, 'extras'),
              ]),
            ),
          'id, revision, state, origin, content_hash, collected_at, extras',
        ),
      async read(id) {
        const row = database.get('select * from documents where id = ?', id);
        return row && movedDocument(row);
      },
      write: async (_, item) => database.transaction(() => putDocument(database, item)),
    },
    forgotten: {
      marks: () => marks(database, 'forgotten', 'hash', () => ''),
      read: async (hash) =>
        database.get('select 1 from forgotten where hash = ?', hash) ? true : undefined,
      write: async (hash) => database.transaction(() => forget(database, hash)),
    },
    fetchMemory: {
      marks: () =>
        marks(database, 'fetch_memory', 'link', (row) => sha256(JSON.stringify(memoryOf(row)))),
      async read(link) {
        const row = database.get('select * from fetch_memory where link = ?', link);
        return row && memoryOf(row);
      },
      write: async (link, memory) => putMemory(database, link, memory),
      async remove(link) {
        database.run('delete from fetch_memory where link = ?', link);
      },
    },
    ledger: ledgerPart(database),
  };
}

async function* marks(
  database: Database,
  table: string,
  key: string,
  digest: (row: Row) => string,
  columns = '*',
): AsyncIterable<Mark> {
  let after = '';
  for (;;) {
    const rows = database.all(
      `select ${columns} from ${table} where ${key} > ? order by ${key} limit ${perPage}`,
      after,
    );
    for (const row of rows) {
      after = text(row, key);
      yield { id: after, digest: digest(row) };
    }
    if (rows.length < perPage) return;
  }
}

/** An earlier run may have brought the document before it was forgotten at the source. */
function forget(database: Database, hash: string): void {
  database.run('insert or ignore into forgotten values (?)', hash);
  for (const row of database.all('select id from documents')) {
    const id = text(row, 'id');
    if (promiseOf(id) === hash) database.run('delete from documents where id = ?', id);
  }
}

function movedDocument(row: Row): MovedDocument {
  if (text(row, 'state') === 'live') return { state: 'live', document: documentOf(row) };
  return {
    state: 'tombstone',
    id: text(row, 'id'),
    origin: text(row, 'origin'),
    revision: number(row, 'revision'),
  };
}

function putDocument(database: Database, item: MovedDocument): void {
  const columns = columnsOf(item);
  const names = Object.keys(columns);
  database.run(
    `insert into documents (${names.join(', ')}) values (${names.map(() => '?').join(', ')})
     on conflict (id) do update set ${names.map((name) => `${name} = excluded.${name}`).join(', ')}`,
    ...Object.values(columns),
  );
  database.run('update warehouse_version set version = version + 1');
}

function columnsOf(item: MovedDocument) {
  const live = item.state === 'live' ? item.document : null;
  const { id, origin, revision } = item.state === 'live' ? item.document : item;
  return {
    id,
    origin,
    revision,
    state: item.state,
    content_hash: live?.contentHash ?? null,
    kind: live?.kind ?? null,
    platform: live?.platform ?? null,
    source: live?.source ?? null,
    author_id: live?.author.id ?? null,
    author_name: live?.author.name ?? null,
    link: live?.link ?? null,
    title: live?.title ?? null,
    published_at: live?.publishedAt ?? null,
    language: live?.language ?? null,
    collected_at: live?.collectedAt ?? null,
    extras: live ? JSON.stringify(live.extras) : null,
    content: live?.content ?? null,
  };
}

function ledgerPart(database: Database): Exact['ledger'] {
  return {
    oneByOne: true,
    async *marks() {
      const twins = database.all('select distinct twin from moves order by twin');
      for (const twin of twins) {
        const rows = database.all(
          'select * from moves where twin = ? order by sequence',
          text(twin, 'twin'),
        );
        for (const move of rows.map(moveOf)) yield { id: lineId(move), digest: lineDigest(move) };
      }
    },
    async read(id) {
      const [twin, sequence] = lineOf(id);
      const row = database.get(
        'select * from moves where twin = ? and sequence = ?',
        twin,
        sequence,
      );
      if (!row) return undefined;
      const move = moveOf(row);
      const release =
        move.from === null
          ? database.get('select * from releases where id = ?', move.release)
          : undefined;
      return { move, release: release ? releaseOf(release) : null };
    },
    async write(_, { move, release }) {
      database.transaction(() => {
        if (
          database.get(
            'select 1 from moves where twin = ? and sequence = ?',
            move.twin,
            move.sequence,
          )
        ) {
          throw otherLedger(move);
        }
        if (release) {
          const { id: releaseId, createdAt, ...spec } = release;
          const values = [releaseId, spec.twin, JSON.stringify(spec), createdAt] as const;
          database.run('insert into releases values (?, ?, ?, ?)', ...values);
        }
        database.run(
          'insert into moves (twin, sequence, release, "from", "to", mover, at) values (?, ?, ?, ?, ?, ?, ?)',
          move.twin,
          move.sequence,
          move.release,
          move.from,
          move.to,
          JSON.stringify(move.by),
          move.at,
        );
      });
    },
  };
}
