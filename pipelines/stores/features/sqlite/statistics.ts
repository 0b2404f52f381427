import type { Database } from '../../sqlite/database.ts';
import { bytes, number, text } from '../../sqlite/row.ts';
import type { LexicalStatistics } from '../port.ts';
import { type KeptSets, keptOf } from './kept.ts';
import { lexicalTable, vocabularyTable } from './schema.ts';
import { findSet } from './sets.ts';

/**
 * What BM25 needs to know of the set, as the index itself counts it. A look into the vocabulary takes about a tenth of a
 * millisecond a stem, and an answer asks for the same ones several times.
 */
export function lexicalStatistics(
  database: Database,
  sets: KeptSets,
  set: string,
  stems: readonly string[],
): LexicalStatistics {
  const { key } = findSet(database, set);
  const { documents: known } = keptOf(database, sets, key);
  const missing = [...new Set(stems)].filter((stem) => !known.has(stem));
  if (missing.length > 0) {
    const rows = database.all(
      `select v.term, v.doc from json_each(?) wanted
       cross join ${vocabularyTable(key)} v on v.term = wanted.value`,
      JSON.stringify(missing),
    );
    for (const stem of missing) known.set(stem, 0);
    for (const row of rows) known.set(text(row, 'term'), number(row, 'doc'));
  }
  const { chunks, tokens } = indexTotals(database, lexicalTable(key));
  return {
    chunks,
    averageLength: chunks === 0 ? 0 : tokens / chunks,
    documentFrequency: new Map(stems.map((stem) => [stem, known.get(stem) ?? 0])),
  };
}

/**
 * Rows and tokens of the index, from the record that FTS5 keeps for its own bm25() and updates with every
 * insert and delete: row 1 of the data table holds the number of rows and the tokens of each column, as
 * SQLite varints (fts5_index.c, FTS5_AVERAGES_ROWID).
 */
function indexTotals(
  database: Database,
  table: string,
): { readonly chunks: number; readonly tokens: number } {
  const row = database.get(`select block from ${table}_data where id = 1`);
  const [chunks = 0, ...columns] = row ? varints(bytes(row, 'block')) : [];
  return { chunks, tokens: columns.reduce((sum, tokens) => sum + tokens, 0) };
}

/** Big-endian groups of seven bits, the high bit set on all but the last. */
function varints(block: Uint8Array): readonly number[] {
  const values: number[] = [];
  let value = 0;
  for (const byte of block) {
    value = value * 128 + (byte & 0x7f);
    if (byte >= 0x80) continue;
    values.push(value);
    value = 0;
  }
  return values;
}
