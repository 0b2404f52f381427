import type { Environment } from '../../../pipelines/environment.ts';
import {
  type MigrationEvent,
  migrate,
  type Pair,
  pairOf,
  type Rooms,
  type Side,
} from '../../../pipelines/stores/migration/migrate.ts';
import {
  type Opened,
  openSide,
  roomsOf,
  type SideName,
} from '../../../pipelines/stores/migration/open.ts';
import type { BotsParts } from '../../state/moving/parts.ts';
import { sqliteBotsParts } from '../../state/moving/sqlite.ts';
import { type ExitCode, exitCodes, UsageError } from '../exit.ts';
import type { Output } from '../output.ts';
import { openProgress } from '../progress.ts';

/** Moves everything between the file and the servers; 1 when the comparison afterwards finds a difference. */
export async function runMigrate(
  environment: Environment,
  { from, to }: { readonly from: SideName; readonly to: SideName },
  output: Output,
  signal: AbortSignal,
): Promise<ExitCode> {
  if (from === to) {
    throw new UsageError(
      'Both sides are the same.',
      'understudy migrate --from sqlite --to production',
    );
  }
  const rooms = roomsOf(environment);
  if (!rooms.records && !rooms.features) {
    throw new UsageError(
      'No server is named, so there is nowhere to move.',
      'Set MONGODB_URL, QDRANT_URL or both; .env.example explains them.',
    );
  }
  const source = await openSide(from, environment);
  try {
    const target = await openSide(to, environment);
    try {
      output.line(`From ${source.name} to ${target.name}.`);
      const expected = await expectedOf(source, rooms);
      const others = rooms.records ? await botsPairs(source, target, environment.home) : [];
      return await tell(migrate(source, target, rooms, { others, signal }), expected, output);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function tell(
  events: AsyncIterable<MigrationEvent>,
  expected: number,
  output: Output,
): Promise<ExitCode> {
  const progress = openProgress(output, 'Moving', 'things');
  progress.total(expected);
  const seen = new Map<string, number>();
  let differences = 0;
  try {
    for await (const event of events) {
      output.data(event);
      if (event.type === 'progress') {
        for (let at = seen.get(event.part) ?? 0; at < event.seen; at += 1) progress.step();
        seen.set(event.part, event.seen);
      }
      if (event.type !== 'verified') continue;
      progress.stop();
      if (!event.equal) differences += 1;
      output.line(comparison(event, output));
    }
  } finally {
    progress.stop();
  }
  if (differences === 0) {
    output.line('Everything is there, and the same.');
    return exitCodes.done;
  }
  output.line(
    'Something was written meanwhile: stop the processes that write, and run the same command again.',
  );
  return exitCodes.no;
}

function comparison(
  { part, from, to, equal }: Extract<MigrationEvent, { type: 'verified' }>,
  { style }: Output,
): string {
  const line = `${part.padEnd(24)}${String(to.count).padStart(9)}  `;
  if (equal) return `${line}${style.good('equal')}  ${style.dim(`sha256 ${to.hash.slice(0, 16)}`)}`;
  return `${line}${style.bad('different')}  ${from.count} at the source`;
}

/** What the bots keep goes with the records. */
async function botsPairs(from: Opened, to: Opened, home: string): Promise<readonly Pair[]> {
  const [source, target] = [await botsParts(from, home), await botsParts(to, home)];
  return [
    pairOf('keys of the API', source.keys, target.keys),
    pairOf('Slack installations', source.sealed, target.sealed),
    pairOf('channel settings', source.settings, target.settings),
    pairOf('key of pseudonyms', source.pseudonymKey, target.pseudonymKey),
  ];
}

async function botsParts({ mongo, database }: Opened, home: string): Promise<BotsParts> {
  if (!mongo) return sqliteBotsParts(database, home);
  return await (await import('../../state/moving/mongo.ts')).mongoBotsParts(mongo);
}

/** Roughly: what there is most of. */
async function expectedOf({ warehouse, features }: Side, rooms: Rooms): Promise<number> {
  const documents = rooms.records ? (await warehouse.facets()).documents : 0;
  const set = rooms.features ? await features.current() : undefined;
  return documents + (set?.documents ?? 0);
}
