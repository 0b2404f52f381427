import { PermanentError } from '../../errors.ts';
import type { Database } from '../../sqlite/database.ts';
import { json, number, type Row, text, word } from '../../sqlite/row.ts';
import { type FeatureManifest, featureManifestSchema, featureSetId } from '../manifest.ts';
import type { FeatureSet } from '../port.ts';
import { createLexicalTable, dropLexicalTable } from './schema.ts';

/** A set with the key its rows hang on. */
export type StoredSet = FeatureSet & { readonly key: number };

export function createSet(database: Database, manifest: FeatureManifest): FeatureSet {
  const id = featureSetId(manifest);
  return database.transaction(() => {
    const added = database.run(
      `insert or ignore into feature_sets (id, manifest, state, created_at)
       values (?, ?, 'building', ?)`,
      id,
      JSON.stringify(manifest),
      new Date().toISOString(),
    );
    const set = findSet(database, id);
    if (added > 0) createLexicalTable(database, set.key);
    return withoutKey(set);
  });
}

export function allSets(database: Database): readonly FeatureSet[] {
  return database.all('select * from feature_sets order by key').map(setOf).map(withoutKey);
}

/** @throws PermanentError `features.unknown-set` */
export function findSet(database: Database, id: string): StoredSet {
  const row = database.get('select * from feature_sets where id = ?', id);
  if (row) return setOf(row);
  throw new PermanentError(`There is no feature set ${id}.`, {
    code: 'features.unknown-set',
    hint: 'Build it with `understudy features`; `understudy status` lists the sets there are.',
  });
}

export function currentSet(database: Database): FeatureSet | undefined {
  const row = database.get(`select * from feature_sets where state = 'current'`);
  return row && withoutKey(setOf(row));
}

export function previousSet(database: Database): FeatureSet | undefined {
  const row = database.get(
    'select s.* from feature_pointer p join feature_sets s on s.id = p.previous',
  );
  return row && withoutKey(setOf(row));
}

/** Compare-and-swap: under the write lock, so of two switches from the same state one comes too late. */
export function switchTo(database: Database, id: string, expected: string | undefined): void {
  database.transaction(() => {
    const current = currentSet(database)?.id;
    if (current !== expected) {
      throw new PermanentError(
        `The current feature set is ${current ?? 'none'}, not ${expected ?? 'none'}.`,
        {
          code: 'features.switch-conflict',
          hint: 'Somebody else switched meanwhile: look at `understudy status` and decide again.',
        },
      );
    }
    findSet(database, id);
    if (id === current) return;
    database.run(`update feature_sets set state = 'retired' where state = 'current'`);
    database.run(`update feature_sets set state = 'current' where id = ?`, id);
    database.run('update feature_pointer set previous = ?', current ?? null);
  });
}

export function dropSet(database: Database, id: string): void {
  database.transaction(() => {
    const row = database.get('select * from feature_sets where id = ?', id);
    if (!row) return;
    const set = setOf(row);
    if (set.state === 'current') {
      throw new PermanentError(`Feature set ${id} is the one that answers; it cannot be dropped.`, {
        code: 'features.set-in-use',
        hint: 'Switch to another set first.',
      });
    }
    const documents = 'select key from feature_documents where set_key = ?';
    const chunks = `select key from chunks where document_key in (${documents})`;
    database.run(`delete from vectors where chunk_key in (${chunks})`, set.key);
    database.run(`delete from passages where chunk_key in (${chunks})`, set.key);
    database.run(`delete from chunks where document_key in (${documents})`, set.key);
    database.run('delete from feature_documents where set_key = ?', set.key);
    dropLexicalTable(database, set.key);
    database.run('update feature_pointer set previous = null where previous = ?', id);
    database.run('delete from feature_sets where key = ?', set.key);
  });
}

function setOf(row: Row): StoredSet {
  return {
    key: number(row, 'key'),
    id: text(row, 'id'),
    manifest: json(row, 'manifest', featureManifestSchema.parse),
    state: word(row, 'state', ['building', 'current', 'retired']),
    createdAt: text(row, 'created_at'),
    documents: number(row, 'documents'),
    chunks: number(row, 'chunks'),
  };
}

function withoutKey({ key: _key, ...set }: StoredSet): FeatureSet {
  return set;
}
