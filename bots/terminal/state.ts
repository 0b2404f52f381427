import type { Mongo } from '../../pipelines/stores/mongo/connection.ts';
import type { Database } from '../../pipelines/stores/sqlite/database.ts';
import { pseudonymKey } from '../state/key.ts';
import { openApiKeys } from '../state/keys.ts';
import type { ApiKeys, ConversationState } from '../state/port.ts';
import { openSealedStore, type SealedStore } from '../state/secrets.ts';
import { openConversationState } from '../state/sqlite.ts';

/** What the bots themselves keep: shared by all their processes where MongoDB is named, else in this home. */
export type BotsState = {
  readonly conversation: ConversationState;
  readonly keys: ApiKeys;
  /** Slack's installations, sealed. */
  readonly sealed: SealedStore;
  readonly pseudonymKey: Uint8Array;
};

export async function openBotsState({
  mongo,
  database,
  home,
}: {
  readonly mongo: Mongo | null;
  readonly database: Database;
  readonly home: string;
}): Promise<BotsState> {
  if (mongo) {
    const [{ openMongoConversationState }, { openMongoApiKeys }, secrets] = await Promise.all([
      import('../state/mongo/conversation-state.ts'),
      import('../state/mongo/api-keys.ts'),
      import('../state/mongo/secrets.ts'),
    ]);
    return {
      conversation: await openMongoConversationState(mongo),
      keys: await openMongoApiKeys(mongo),
      sealed: await secrets.openMongoSealedStore(mongo),
      pseudonymKey: await secrets.mongoPseudonymKey(mongo),
    };
  }
  return {
    conversation: openConversationState(database),
    keys: openApiKeys(database),
    sealed: openSealedStore(database),
    pseudonymKey: pseudonymKey(home),
  };
}
