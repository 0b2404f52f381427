import { z } from 'zod';
import { prepareCollection } from '../../../pipelines/stores/mongo/collection.ts';
import type { Mongo } from '../../../pipelines/stores/mongo/connection.ts';
import { attempt } from '../../../pipelines/stores/mongo/failure.ts';
import type { ConversationState, Json } from '../port.ts';
import { openServerClock } from './clock.ts';
import { type Lane, leasesOn } from './leases.ts';
import { type TurnDocument, turnIndexes } from './turn.ts';
import { turnsOn } from './turns.ts';

const settingsSchema = z.object({ _id: z.string(), settings: z.string() });

/** The bots' state on MongoDB: bots on several machines answer each question once. */
export async function openMongoConversationState(
  mongo: Mongo,
  now: () => number = Date.now,
): Promise<ConversationState> {
  const turns = await prepareCollection<TurnDocument>(mongo, {
    name: 'turns',
    indexes: [...turnIndexes],
  });
  const lanes = await prepareCollection<Lane>(mongo, {
    name: 'lanes',
    indexes: [{ name: 'by_owner', key: { owner: 1 } }],
  });
  const clock = await openServerClock(mongo, now);
  const resolved = mongo.db.collection<{ readonly _id: string }>('resolved_threads');
  const settings = mongo.db.collection<z.infer<typeof settingsSchema>>('channel_settings');

  return {
    ...turnsOn(turns, clock),
    ...leasesOn(turns, lanes, clock),
    async resolve(_id, isResolved) {
      await attempt('note whether a thread is resolved', async () => {
        if (isResolved) await resolved.replaceOne({ _id }, {}, { upsert: true });
        else await resolved.deleteOne({ _id });
      });
    },
    async isResolved(_id) {
      return (await attempt('read a thread', () => resolved.findOne({ _id }))) !== null;
    },
    async settings(_id) {
      const found = await attempt('read settings', () => settings.findOne({ _id }));
      return found ? (JSON.parse(settingsSchema.parse(found).settings) as Json) : null;
    },
    async putSettings(_id, wanted) {
      const settled = { settings: JSON.stringify(wanted) };
      await attempt('keep settings', () => settings.replaceOne({ _id }, settled, { upsert: true }));
    },
  };
}
