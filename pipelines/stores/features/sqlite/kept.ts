import type { Database } from '../../sqlite/database.ts';
import { number } from '../../sqlite/row.ts';
import type { RetrievedChunk } from '../chunk.ts';

/** What was read of a set since it last changed, whoever changed it. */
export type Kept = {
  readonly version: number;
  /** In how many chunks a stem occurs. */
  readonly documents: Map<string, number>;
  /** Passages by their key, the one used longest ago first. */
  readonly chunks: Map<number, RetrievedChunk>;
  /** UTF-16 units of the passages together. */
  units: number;
};

export type KeptSets = Map<number, Kept>;

/** Stems that are remembered of one set. */
const mostStems = 20_000;
/** Text that is remembered of one set, in UTF-16 units: some 2,500 passages. */
const mostUnits = 4_000_000;

/** A write counts the version up, of which this is the same transaction's view. */
export function keptOf(database: Database, sets: KeptSets, key: number): Kept {
  const row = database.get('select vector_version from feature_sets where key = ?', key);
  const version = row ? number(row, 'vector_version') : 0;
  const kept = sets.get(key);
  if (kept?.version === version && kept.documents.size < mostStems) return kept;
  const fresh: Kept = { version, documents: new Map(), chunks: new Map(), units: 0 };
  sets.set(key, fresh);
  return fresh;
}

/** The passages with these keys, as far as they are remembered. */
export function keptChunks(kept: Kept, keys: readonly number[]): Map<number, RetrievedChunk> {
  const found = new Map<number, RetrievedChunk>();
  for (const key of keys) {
    const chunk = kept.chunks.get(key);
    if (chunk === undefined) continue;
    found.set(key, chunk);
    // A Map keeps the order of insertion: put in again, it is the youngest.
    kept.chunks.delete(key);
    kept.chunks.set(key, chunk);
  }
  return found;
}

export function keepChunks(kept: Kept, chunks: ReadonlyMap<number, RetrievedChunk>): void {
  for (const [key, chunk] of chunks) {
    if (kept.chunks.has(key)) continue;
    kept.chunks.set(key, chunk);
    kept.units += chunk.text.length;
  }
  for (const [key, { text }] of kept.chunks) {
    if (kept.units <= mostUnits) return;
    kept.chunks.delete(key);
    kept.units -= text.length;
  }
}
