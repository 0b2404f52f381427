import type { Database } from '../sqlite/database.ts';
import { number, text, textOrNull, word } from '../sqlite/row.ts';
import { documentKinds } from './document.ts';
import type { Count, Facets } from './port.ts';

/** The vocabulary of self-query, counted by SQL; the most frequent first. */
export function facetsOf(database: Database): Facets {
  const counted = (column: 'source' | 'platform' | 'kind' | 'language') =>
    database.all(
      `select ${column} as name, count(*) as documents from documents
       where state = 'live' and ${column} is not null
       group by ${column} order by documents desc, name`,
    );
  const counts = (column: 'source' | 'platform' | 'language'): readonly Count[] =>
    counted(column).map((row) => ({
      name: text(row, 'name'),
      documents: number(row, 'documents'),
    }));

  // With a lone max(), SQLite takes the other columns from the row that has it: the latest name wins.
  const authors = database.all(
    `select author_id, author_name, count(*) as documents, max(collected_at) from documents
     where state = 'live' group by author_id order by documents desc, author_id`,
  );
  const range = database.get(
    `select min(published_at) as earliest, max(published_at) as latest, count(*) as documents
     from documents where state = 'live'`,
  );
  return {
    authors: authors.map((row) => ({
      id: text(row, 'author_id'),
      name: text(row, 'author_name'),
      documents: number(row, 'documents'),
    })),
    sources: counts('source'),
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
