import type { Database } from '../../sqlite/database.ts';
import { number, type Row, text } from '../../sqlite/row.ts';
import type { Chunk, DocumentFeatures } from '../chunk.ts';
import { checkVectors } from '../vectors.ts';
import { lexicalTable } from './schema.ts';
import { findSet, type StoredSet } from './sets.ts';

/** What the full-text index is told of a chunk. */
type Words = { readonly key: number; readonly context: string; readonly body: string };

/**
 * Chunks, passages, words, vectors and the sync mark of one document, in one transaction.
 *
 * The words come last: a statement with a savepoint of its own (RETURNING has one) makes FTS5 write out
 * all it has buffered, so mixing both would write a segment per chunk instead of one per document.
 */
export function putDocument(database: Database, setId: string, features: DocumentFeatures): void {
  database.transaction(() => {
    const set = findSet(database, setId);
    checkVectors(set, features);
    const stored = storedDocument(database, set, features.documentId);
    if (stored && number(stored, 'revision') > features.revision) return;

    const former = stored ? removeRows(database, set, stored) : [];
    const documentKey = insertDocument(database, set, features);
    const words = features.chunks.map((chunk, index) =>
      insertChunk(database, documentKey, chunk, features.vectors?.[index]),
    );
    count(database, set, 1, words.length);
    changeWords(database, set, former, words);
  });
}

export function removeDocument(database: Database, setId: string, documentId: string): void {
  database.transaction(() => {
    const set = findSet(database, setId);
    const stored = storedDocument(database, set, documentId);
    if (stored) changeWords(database, set, removeRows(database, set, stored), []);
  });
}

function storedDocument(database: Database, set: StoredSet, documentId: string): Row | undefined {
  return database.get(
    'select key, revision, chunks from feature_documents where set_key = ? and document_id = ?',
    set.key,
    documentId,
  );
}

function insertDocument(
  database: Database,
  set: StoredSet,
  { documentId, revision, chunks, attributes }: DocumentFeatures,
): number {
  const row = database.get(
    `insert into feature_documents (set_key, document_id, revision, chunks, author_id, author_name,
       source, platform, kind, language, published_at, link, title, origin)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) returning key`,
    set.key,
    documentId,
    revision,
    chunks.length,
    attributes.author.id,
    attributes.author.name,
    attributes.source,
    attributes.platform,
    attributes.kind,
    attributes.language,
    attributes.publishedAt,
    attributes.link,
    attributes.title,
    attributes.origin,
  );
  return number(row ?? {}, 'key');
}

function insertChunk(
  database: Database,
  documentKey: number,
  chunk: Chunk,
  vector: Float32Array | undefined,
): Words {
  const { id, ordinal, start, end, tokens, headingPath, context, text: body } = chunk;
  const row = database.get(
    'insert into chunks (document_key, ordinal, id) values (?, ?, ?) returning key',
    documentKey,
    ordinal,
    id,
  );
  const key = number(row ?? {}, 'key');
  database.run(
    `insert into passages (chunk_key, start, "end", tokens, heading_path, context, body)
     values (?, ?, ?, ?, ?, ?, ?)`,
    key,
    start,
    end,
    tokens,
    JSON.stringify(headingPath),
    context,
    body,
  );
  if (vector) {
    const blob = new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
    database.run('insert into vectors (chunk_key, vector) values (?, ?)', key, blob);
  }
  return { key, context, body };
}

/** Returns the words that the index still holds of what was removed. */
function removeRows(database: Database, set: StoredSet, document: Row): readonly Words[] {
  const documentKey = number(document, 'key');
  const words = database
    .all(
      `select p.chunk_key, p.context, p.body from chunks c join passages p on p.chunk_key = c.key
       where c.document_key = ?`,
      documentKey,
    )
    .map((row) => ({
      key: number(row, 'chunk_key'),
      context: text(row, 'context'),
      body: text(row, 'body'),
    }));
  for (const { key } of words) {
    database.run('delete from vectors where chunk_key = ?', key);
    database.run('delete from passages where chunk_key = ?', key);
  }
  database.run('delete from chunks where document_key = ?', documentKey);
  database.run('delete from feature_documents where key = ?', documentKey);
  count(database, set, -1, -words.length);
  return words;
}

/** Keeps the set's own count; whatever changes may have changed vectors. */
function count(database: Database, set: StoredSet, documents: number, chunks: number): void {
  database.run(
    `update feature_sets set documents = documents + ?, chunks = chunks + ?,
       vector_version = vector_version + 1 where key = ?`,
    documents,
    chunks,
    set.key,
  );
}

function changeWords(
  database: Database,
  set: StoredSet,
  former: readonly Words[],
  words: readonly Words[],
): void {
  const table = lexicalTable(set.key);
  // The index has no copy of the words: it must be told which ones to take out.
  for (const { key, context, body } of former) {
    database.run(
      `insert into ${table} (${table}, rowid, context, body) values ('delete', ?, ?, ?)`,
      key,
      context,
      body,
    );
  }
  for (const { key, context, body } of words) {
    database.run(
      `insert into ${table} (rowid, context, body) values (?, ?, ?)`,
      key,
      context,
      body,
    );
  }
}
