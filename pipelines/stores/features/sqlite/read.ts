import { z } from 'zod';
import { accessSql } from '../../sqlite/access.ts';
import type { Database } from '../../sqlite/database.ts';
import { bytes, json, number, type Row, text, textOrNull, word } from '../../sqlite/row.ts';
import { documentKinds } from '../../warehouse/document.ts';
import type { Chunk, ChunkAttributes, DocumentFeatures, RetrievedChunk } from '../chunk.ts';
import type { Access, FeatureCounts, FeatureHead } from '../port.ts';
import { findSet } from './sets.ts';

const headsPerPage = 1_000;
const chunksPerPage = 100;
const headingPathOf = z.array(z.string()).parse;

const chunkColumns = `c.key, c.id, c.ordinal, d.document_id, d.revision,
  p.start, p."end", p.tokens, p.heading_path, p.context, p.body`;
const attributeColumns = `d.author_id, d.author_name, d.source, d.platform, d.kind, d.language,
  d.published_at, d.link, d.title, d.origin`;
const joined = `chunks c join passages p on p.chunk_key = c.key
  join feature_documents d on d.key = c.document_key`;

/** The chunks with these keys, by key. */
export function chunksByKey(
  database: Database,
  keys: readonly number[],
): ReadonlyMap<number, RetrievedChunk> {
  const rows = database.all(
    `select ${chunkColumns}, ${attributeColumns}
     from json_each(?) wanted cross join chunks c on c.key = wanted.value
       join passages p on p.chunk_key = c.key join feature_documents d on d.key = c.document_key`,
    JSON.stringify(keys),
  );
  return new Map(rows.map((row) => [number(row, 'key'), retrievedOf(row)]));
}

export function chunksById(
  database: Database,
  set: string,
  ids: readonly string[],
  access: Access | undefined,
): readonly RetrievedChunk[] {
  const { key } = findSet(database, set);
  const allowed = accessSql(access, 'd');
  const rows = database.all(
    `select ${chunkColumns}, ${attributeColumns}
     from json_each(?) wanted cross join chunks c on c.id = wanted.value
       join passages p on p.chunk_key = c.key join feature_documents d on d.key = c.document_key
     where d.set_key = ? ${allowed ? `and ${allowed.sql}` : ''} order by wanted.key`,
    JSON.stringify(ids),
    key,
    ...(allowed?.values ?? []),
  );
  return rows.map(retrievedOf);
}

/** Kept with the set where everything counts, else added up over the documents that pass. */
export function counts(database: Database, set: string, access: Access | undefined): FeatureCounts {
  const { key, documents, chunks } = findSet(database, set);
  const allowed = accessSql(access, 'd');
  if (!allowed) return { documents, chunks };
  const row = database.get(
    `select count(*) as documents, coalesce(sum(d.chunks), 0) as chunks
     from feature_documents d where d.set_key = ? and ${allowed.sql}`,
    key,
    ...allowed.values,
  );
  return { documents: number(row ?? {}, 'documents'), chunks: number(row ?? {}, 'chunks') };
}

export function neighbours(
  database: Database,
  set: string,
  documentId: string,
  from: number,
  to: number,
): readonly Chunk[] {
  const { key } = findSet(database, set);
  const rows = database.all(
    `select ${chunkColumns} from ${joined}
     where d.set_key = ? and d.document_id = ? and c.ordinal between ? and ? order by c.ordinal`,
    key,
    documentId,
    from,
    to,
  );
  return rows.map(chunkOf);
}

/** Page by page, and a page asks anew: a reader that is overtaken by a new revision goes on in that one. */
export async function* documentChunks(
  database: Database,
  set: string,
  documentId: string,
): AsyncIterable<Chunk> {
  for (let from = 0; ; from += chunksPerPage) {
    const page = neighbours(database, set, documentId, from, from + chunksPerPage - 1);
    yield* page;
    if (page.length < chunksPerPage) return;
  }
}

/** Everything a document contributes to a set, as it was put. */
export function documentFeatures(
  database: Database,
  set: string,
  documentId: string,
): DocumentFeatures | undefined {
  const { key, manifest } = findSet(database, set);
  const about = database.get(
    `select d.revision, ${attributeColumns} from feature_documents d
     where d.set_key = ? and d.document_id = ?`,
    key,
    documentId,
  );
  if (!about) return undefined;
  const rows = database.all(
    `select ${chunkColumns}, v.vector from ${joined} left join vectors v on v.chunk_key = c.key
     where d.set_key = ? and d.document_id = ? order by c.ordinal`,
    key,
    documentId,
  );
  const vectors = () => rows.map((row) => new Float32Array(bytes(row, 'vector').slice().buffer));
  return {
    documentId,
    revision: number(about, 'revision'),
    attributes: attributesOf(about),
    chunks: rows.map(chunkOf),
    ...(manifest.embedder && { vectors: vectors() }),
  };
}

export async function* revisions(database: Database, set: string): AsyncIterable<FeatureHead> {
  const { key } = findSet(database, set);
  let after = '';
  for (;;) {
    const rows = database.all(
      `select document_id, revision from feature_documents
       where set_key = ? and document_id > ? order by document_id limit ${headsPerPage}`,
      key,
      after,
    );
    for (const row of rows) {
      after = text(row, 'document_id');
      yield { documentId: after, revision: number(row, 'revision') };
    }
    if (rows.length < headsPerPage) return;
  }
}

function chunkOf(row: Row): Chunk {
  return {
    id: text(row, 'id'),
    documentId: text(row, 'document_id'),
    revision: number(row, 'revision'),
    ordinal: number(row, 'ordinal'),
    start: number(row, 'start'),
    end: number(row, 'end'),
    text: text(row, 'body'),
    context: text(row, 'context'),
    headingPath: json(row, 'heading_path', headingPathOf),
    tokens: number(row, 'tokens'),
  };
}

function retrievedOf(row: Row): RetrievedChunk {
  return {
    ...chunkOf(row),
    attributes: attributesOf(row),
  };
}

function attributesOf(row: Row): ChunkAttributes {
  return {
    author: { id: text(row, 'author_id'), name: text(row, 'author_name') },
    source: text(row, 'source'),
    platform: text(row, 'platform'),
    kind: word(row, 'kind', documentKinds),
    language: textOrNull(row, 'language'),
    publishedAt: textOrNull(row, 'published_at'),
    link: text(row, 'link'),
    title: text(row, 'title'),
    origin: text(row, 'origin'),
  };
}
