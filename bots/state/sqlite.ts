import type { Database } from '../../pipelines/stores/sqlite/database.ts';
import { migrate } from '../../pipelines/stores/sqlite/migrate.ts';
import { json, number, text } from '../../pipelines/stores/sqlite/row.ts';
import type { ConversationState } from './port.ts';
import { asJson, turnOf } from './rows.ts';
import { botsSchema } from './schema.ts';

/** The bots' state in the one SQLite file. */
export function openConversationState(database: Database): ConversationState {
  migrate(database, botsSchema);

  return {
    async claim(turn) {
      const inserted = database.run(
        `insert or ignore into turns (id, event, platform, thread, place, asker, bot, asked_at, message,
           asked, state, owner, lease_until, location)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'running', ?, ?, ?)`,
        turn.id,
        `${turn.platform}:${turn.event}`,
        turn.platform,
        turn.thread,
        turn.place,
        turn.asker,
        turn.bot ? 1 : 0,
        turn.askedAtMs,
        turn.message,
        JSON.stringify(turn.asked),
        turn.owner,
        turn.leaseUntilMs,
        JSON.stringify(turn.where),
      );
      return inserted > 0;
    },
    async enter(thread, owner, nowMs, leaseUntilMs) {
      const taken = database.run(
        `insert into lanes (thread, owner, lease_until) values (?1, ?2, ?4)
         on conflict (thread) do update set owner = ?2, lease_until = ?4
           where owner = ?2 or lease_until < ?3`,
        thread,
        owner,
        nowMs,
        leaseUntilMs,
      );
      return taken > 0;
    },
    async leave(thread, owner) {
      database.run('delete from lanes where thread = ? and owner = ?', thread, owner);
    },
    async renew(owner, leaseUntilMs) {
      database.transaction(() => {
        database.run(
          `update turns set lease_until = ? where state = 'running' and owner = ?`,
          leaseUntilMs,
          owner,
        );
        database.run('update lanes set lease_until = ? where owner = ?', leaseUntilMs, owner);
      });
    },
    async owners(platform) {
      return database
        .all(
          `select distinct owner from turns where state = 'running' and platform = ? order by owner`,
          platform,
        )
        .map((row) => text(row, 'owner'));
    },
    async release(owner) {
      database.transaction(() => {
        database.run(
          `update turns set lease_until = 0 where state = 'running' and owner = ?`,
          owner,
        );
        database.run('delete from lanes where owner = ?', owner);
      });
    },
    async takeAbandoned(platform, owner, nowMs, leaseUntilMs) {
      return database.transaction(() => {
        const rows = database.all(
          `select * from turns where state = 'running' and platform = ? and lease_until < ?
           order by key`,
          platform,
          nowMs,
        );
        for (const row of rows) {
          database.run(
            'update turns set owner = ?, lease_until = ? where id = ?',
            owner,
            leaseUntilMs,
            text(row, 'id'),
          );
        }
        return rows.map(turnOf);
      });
    },

    async ask(turn, asked) {
      database.run('update turns set asked = ? where id = ?', JSON.stringify(asked), turn);
    },
    async stand(turn, where, messages) {
      database.transaction(() => {
        const row = database.get('select place from turns where id = ?', turn);
        if (row === undefined) return;
        database.run('update turns set location = ? where id = ?', JSON.stringify(where), turn);
        for (const message of messages) {
          database.run(
            `insert into turn_messages (place, message, turn) values (?, ?, ?)
             on conflict (place, message) do update set turn = excluded.turn`,
            text(row, 'place'),
            message,
            turn,
          );
        }
      });
    },
    async end(turn, { state, outcome, trace, asked }) {
      database.run(
        'update turns set state = ?, outcome = ?, trace = ?, asked = ? where id = ?',
        state,
        outcome,
        trace,
        JSON.stringify(asked),
        turn,
      );
    },
    async withdraw(turn) {
      database.run('update turns set withdrawn = 1 where id = ?', turn);
    },

    async turn(id) {
      const row = database.get('select * from turns where id = ?', id);
      return row && turnOf(row);
    },
    async turnOf(platform, event) {
      const row = database.get('select * from turns where event = ?', `${platform}:${event}`);
      return row && turnOf(row);
    },
    async turnAt(place, message) {
      const asks = database.get(
        `select * from turns where place = ? and message = ? and state <> 'refused'
         order by key desc limit 1`,
        place,
        message,
      );
      const row =
        asks ??
        database.get(
          `select turns.* from turn_messages join turns on turns.id = turn_messages.turn
           where turn_messages.place = ? and turn_messages.message = ?`,
          place,
          message,
        );
      return row && turnOf(row);
    },
    async turns(thread, limit) {
      return database
        .all(
          `select * from turns
           where thread = ? and state in ('running', 'ended') and not withdrawn
           order by key desc limit ?`,
          thread,
          limit,
        )
        .map(turnOf);
    },
    async latest(platform, sinceMs, limit) {
      return database
        .all(
          `select * from turns where key in (
             select max(key) from turns
             where platform = ? and asked_at > ? and state in ('running', 'ended') group by thread
           ) order by key desc limit ?`,
          platform,
          sinceMs,
          limit,
        )
        .map(turnOf);
    },
    async askedSince(who, sinceMs) {
      const [column, value] = 'asker' in who ? ['asker', who.asker] : ['place', who.place];
      return database
        .all(
          `select asked_at from turns where ${column} = ? and asked_at > ?
             and state in ('running', 'ended') order by asked_at`,
          value,
          sinceMs,
        )
        .map((row) => number(row, 'asked_at'));
    },

    async resolve(thread, resolved) {
      database.run(
        resolved
          ? 'insert or ignore into resolved_threads (thread) values (?)'
          : 'delete from resolved_threads where thread = ?',
        thread,
      );
    },
    async isResolved(thread) {
      const row = database.get('select 1 from resolved_threads where thread = ?', thread);
      return row !== undefined;
    },
    async settings(place) {
      const row = database.get('select settings from channel_settings where place = ?', place);
      return row ? json(row, 'settings', asJson) : null;
    },
    async putSettings(place, settings) {
      database.run(
        `insert into channel_settings (place, settings) values (?, ?)
         on conflict (place) do update set settings = excluded.settings`,
        place,
        JSON.stringify(settings),
      );
    },

    async purge(beforeMs) {
      return database.run(`delete from turns where asked_at < ? and state <> 'running'`, beforeMs);
    },
  };
}
