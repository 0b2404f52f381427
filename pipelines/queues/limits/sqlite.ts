import type { Database } from '../../stores/sqlite/database.ts';
import { migrate, type Schema } from '../../stores/sqlite/migrate.ts';
import { number } from '../../stores/sqlite/row.ts';
import type { HostLimits } from './port.ts';

const limitsSchema: Schema = {
  component: 'host-limits',
  steps: [
    `create table host_turns (
       host text primary key, noted_at integer not null, free_at integer not null
     ) strict, without rowid;`,
  ],
};

/** For the processes of one machine. The database stays its owner's to close. */
export function openSqliteLimits(database: Database): HostLimits {
  migrate(database, limitsSchema);

  const waitFor = (host: string, now: number): number => {
    // A clock that was set back must not lock a host for the difference.
    const row = database.get(
      'select free_at from host_turns where host = ? and noted_at <= ?',
      host,
      now,
    );
    return row ? Math.max(0, number(row, 'free_at') - now) : 0;
  };
  const keep = (host: string, now: number, forMs: number) => {
    database.run('delete from host_turns where free_at <= ?', now);
    database.run(
      'insert or replace into host_turns values (?, ?, ?)',
      host,
      now,
      now + Math.max(0, Math.ceil(forMs)),
    );
  };

  return {
    async ask(host, intervalMs) {
      return database.transaction(() => {
        const now = Date.now();
        const waitMs = waitFor(host, now);
        if (waitMs === 0) keep(host, now, intervalMs);
        return waitMs;
      });
    },
    async holdOff(host, forMs) {
      database.transaction(() => {
        const now = Date.now();
        if (waitFor(host, now) < forMs) keep(host, now, forMs);
      });
    },
    async close() {},
  };
}
