import type { Access } from '../features/port.ts';
import { type AccessSql, accessSql } from '../sqlite/access.ts';
import type { Database } from '../sqlite/database.ts';
import { number, text, textOrNull, word } from '../sqlite/row.ts';
import { documentKinds } from './document.ts';
import type { Count, Facets, TitledDocument } from './port.ts';

/** The vocabulary of self-query, counted by SQL; the most frequent first. */
export function facetsOf(database: Database, access?: Access): Facets {
  const { sql: live, values } = liveSql(access);
  const counted = (column: 'source' | 'origin' | 'platform' | 'kind' | 'language') =>
    database.all(
      `select ${column} as name, count(*) as documents from documents d
       where ${live} and ${column} is not null
       group by ${column} order by documents desc, name`,
      ...values,
    );
  const counts = (column: 'source' | 'origin' | 'platform' | 'language'): readonly Count[] =>
    counted(column).map((row) => ({
      name: text(row, 'name'),
      documents: number(row, 'documents'),
    }));

  // With a lone max(), SQLite takes the other columns from the row that has it: the latest name wins.
  const authors = database.all(
    `select author_id, author_name, count(*) as documents, max(collected_at) from documents d
     where ${live} group by author_id order by documents desc, author_id`,
    ...values,
  );
  const range = database.get(
    `select min(published_at) as earliest, max(published_at) as latest, count(*) as documents
     from documents d where ${live}`,
    ...values,
  );
  return {
    authors: authors.map((row) => ({
      id: text(row, 'author_id'),
      name: text(row, 'author_name'),
      documents: number(row, 'documents'),
    })),
    sources: counts('source'),
    origins: counts('origin'),
    platforms: counts('platform'),
    kinds: counted('kind').map((row) => ({
      name: word(row, 'name', documentKinds),
      documents: number(row, 'documents'),
    })),
    languages: counts('language'),
    earliest: range ? textOrNull(range, 'earliest') : null,
    latest: range ? textOrNull(range, 'latest') : null,
    documents: range ? number(range, 'documents') : 0,
  };
}

/** Newest first. */
export function titlesOf(
  database: Database,
  limit: number,
  access: Access | undefined,
): readonly TitledDocument[] {
  const { sql: live, values } = liveSql(access);
  const rows = database.all(
    `select id, title, published_at from documents d where ${live}
     order by published_at desc nulls last, id limit ?`,
    ...values,
    Math.max(0, Math.floor(limit)),
  );
  return rows.map((row) => ({
    id: text(row, 'id'),
    title: text(row, 'title'),
    publishedAt: textOrNull(row, 'published_at'),
  }));
}

function liveSql(access: Access | undefined): AccessSql {
  const allowed = accessSql(access, 'd');
  const live = `d.state = 'live'`;
  return allowed
    ? { sql: `${live} and ${allowed.sql}`, values: allowed.values }
    : { sql: live, values: [] };
}
