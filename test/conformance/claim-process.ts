/**
 * Claims events as a process of its own:
 * `node claim-process.ts <home or MongoDB's URL> <owner> <lease's end> <pause in ms> <events…>`.
 * Says `claimed <event>` of each that it got. One that pauses between them stays until it is killed.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { openMongoConversationState } from '../../bots/state/mongo/conversation-state.ts';
import type { ConversationState } from '../../bots/state/port.ts';
import { openConversationState } from '../../bots/state/sqlite.ts';
import { openMongo } from '../../pipelines/stores/mongo/connection.ts';
import { openDatabase } from '../../pipelines/stores/sqlite/database.ts';

const [where = '', owner = '', leaseUntilMs = '', pauseMs = '', ...events] = process.argv.slice(2);

async function open(): Promise<{ readonly state: ConversationState; close(): unknown }> {
  if (!where.startsWith('mongodb')) {
    const database = openDatabase(where);
    return { state: openConversationState(database), close: database.close };
  }
  const mongo = await openMongo(where);
  return { state: await openMongoConversationState(mongo), close: mongo.close };
}

const { state, close } = await open();
for (const [index, event] of events.entries()) {
  const isMine = await state.claim({
    id: randomUUID(),
    event,
    platform: 'slack',
    thread: 'slack:T1:C1:1',
    place: 'slack:T1:C1',
    asker: owner,
    bot: false,
    askedAtMs: index,
    message: null,
    asked: null,
    owner,
    leaseUntilMs: Number(leaseUntilMs),
    where: null,
  });
  if (isMine) process.stdout.write(`claimed ${event}\n`);
  if (Number(pauseMs) > 0) await wait(Number(pauseMs));
}
if (Number(pauseMs) > 0) await wait(600_000);
await close();
