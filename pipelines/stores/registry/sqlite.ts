import type { Database } from '../sqlite/database.ts';
import { migrate } from '../sqlite/migrate.ts';
import { json, number, type Row, text, word } from '../sqlite/row.ts';
import { moverSchema, registration } from './mover.ts';
import type { Move, Registry } from './port.ts';
import { conflict, unknownRelease } from './refusals.ts';
import { type Release, releaseId, releaseSchema, type Stage, stages } from './release.ts';
import { registrySchema } from './schema.ts';

/** The ledger in the one SQLite file. */
export function openSqliteRegistry(database: Database): Registry {
  migrate(database, registrySchema);

  return {
    async register(draft) {
      const spec = releaseSchema.parse(draft);
      const id = releaseId(spec);
      return database.transaction(() => {
        const known = findRelease(database, id);
        if (known) return known;
        const createdAt = new Date().toISOString();
        const values = [id, spec.twin, JSON.stringify(spec), createdAt] as const;
        database.run('insert into releases values (?, ?, ?, ?)', ...values);
        append(database, {
          twin: spec.twin,
          release: id,
          from: null,
          to: 'candidate',
          by: registration,
        });
        return { ...spec, id, createdAt };
      });
    },
    release: async (id) => findRelease(database, id),
    async releases(twin) {
      const rows = database.all(
        'select * from releases where twin = ? order by created_at, id',
        twin,
      );
      return rows.map((row) => {
        const release = releaseOf(row);
        return { ...release, stage: stageOf(database, release.id) ?? 'candidate' };
      });
    },
    async at(twin, stage) {
      const id = holder(database, twin, stage);
      return id === undefined ? undefined : findRelease(database, id);
    },

    async move({ twin, release, to, by, expected }) {
      const mover = moverSchema.parse(by);
      return database.transaction(() => {
        if (lastSequence(database, twin) !== expected) {
          throw conflict(twin, expected);
        }
        const from = stageOf(database, release);
        if (from === undefined || findRelease(database, release)?.twin !== twin) {
          throw unknownRelease(twin, release);
        }
        if (from === to) return [];
        const former =
          to === 'production' || to === 'canary' ? holder(database, twin, to) : undefined;
        const archived =
          former === undefined
            ? []
            : [append(database, { twin, release: former, from: to, to: 'archived', by: mover })];
        return [...archived, append(database, { twin, release, from, to, by: mover })];
      });
    },
    async ledger(twin) {
      return database.all('select * from moves where twin = ? order by sequence', twin).map(moveOf);
    },
  };
}

function findRelease(database: Database, id: string): Release | undefined {
  const row = database.get('select * from releases where id = ?', id);
  return row && releaseOf(row);
}

function lastSequence(database: Database, twin: string): number {
  const row = database.get(
    'select coalesce(max(sequence), 0) as last from moves where twin = ?',
    twin,
  );
  return row ? number(row, 'last') : 0;
}

/** The stage a release was last moved to, or undefined when it is not registered. */
function stageOf(database: Database, release: string): Stage | undefined {
  const row = database.get(
    'select "to" from moves where release = ? order by sequence desc limit 1',
    release,
  );
  return row && word(row, 'to', stages);
}

/** The release whose last move went to this stage. */
function holder(database: Database, twin: string, stage: Stage): string | undefined {
  const row = database.get(
    `select release from moves m where twin = ? and "to" = ? and sequence =
       (select max(sequence) from moves where release = m.release)`,
    twin,
    stage,
  );
  return row && text(row, 'release');
}

function append(database: Database, line: Omit<Move, 'sequence' | 'at'>): Move {
  const { twin, release, from, to, by } = line;
  const move = {
    ...line,
    sequence: lastSequence(database, twin) + 1,
    at: new Date().toISOString(),
  };
  database.run(
    'insert into moves (twin, sequence, release, "from", "to", mover, at) values (?, ?, ?, ?, ?, ?, ?)',
    twin,
    move.sequence,
    release,
    from,
    to,
    JSON.stringify(by),
    move.at,
  );
  return move;
}

export function releaseOf(row: Row): Release {
  const spec = json(row, 'spec', releaseSchema.parse);
  return { ...spec, id: text(row, 'id'), createdAt: text(row, 'created_at') };
}

export function moveOf(row: Row): Move {
  return {
    sequence: number(row, 'sequence'),
    twin: text(row, 'twin'),
    release: text(row, 'release'),
    from: row['from'] === null ? null : word(row, 'from', stages),
    to: word(row, 'to', stages),
    by: json(row, 'mover', moverSchema.parse),
    at: text(row, 'at'),
  };
}
