import type { Environment } from '../../pipelines/environment.ts';
import type { FeaturePipeline } from '../../pipelines/feature/sync.ts';
import { readAccessRules } from '../conversation/access/read.ts';
import type { Conversation } from '../conversation/conversation.ts';
import { openKnowledge } from '../conversation/knowledge/open.ts';
import type { Knowledge } from '../conversation/knowledge.ts';
import { openConversation } from '../conversation/open.ts';
import { pseudonyms } from '../conversation/pseudonym.ts';
import type { BotsEnvironment } from '../environment.ts';
import type { BotPorts } from '../ports.ts';
import { openServing, type Serving } from './serving.ts';
import { type BotsState, openBotsState } from './state.ts';
import { openStorehouse, type Storehouse } from './storehouse.ts';

/** Everything a process needs, opened: the one place where adapters are chosen and wired. */
export type House = Storehouse &
  FeaturePipeline & {
    readonly state: BotsState;
    readonly inference: Serving['inference'];
    readonly conversation: Conversation;
    readonly knowledge: Knowledge;
    readonly services: Serving['services'];
    readonly checkVoice: Serving['checkVoice'];
    /** Reads and compiles what the first question would otherwise wait for; asks no language model, never fails. */
    warmUp(): Promise<void>;
    /** Lets running answers finish; afterwards nothing new is answered. */
    drain(): Promise<void>;
  };

/** How long answers may go on once the house is closing, in milliseconds. */
const graceMs = 10_000;

/** @throws PermanentError or TransientError for a server that is named and cannot be used: nothing falls back in silence. */
export async function openHouse(
  environment: Environment,
  { access, limits }: Pick<BotsEnvironment, 'access' | 'limits'> = {},
): Promise<House> {
  const store = await openStorehouse(environment);
  let serving: Serving | undefined;
  try {
    const state = await openBotsState(store);
    const knowledge = openKnowledge(store);
    serving = await openServing(environment, store, knowledge);
    const { inference, atOnce } = serving;
    const conversation = openConversation({
      inference,
      tracer: store.traces,
      state: state.conversation,
      pseudonym: pseudonyms(state.pseudonymKey),
      ...(atOnce !== null && { atOnce }),
      ...(access && { rules: await readAccessRules(access) }),
      ...(limits && { limits }),
    });
    return {
      ...store,
      ...serving,
      state,
      conversation,
      knowledge,
      drain: () => conversation.drain(graceMs),
      async close() {
        await conversation.drain(graceMs);
        await serving?.close();
        await store.close();
      },
    };
  } catch (error) {
    await serving?.close();
    await store.close();
    throw error;
  }
}

/** What the bots of the platforms are handed. */
export function botPorts(
  { conversation, knowledge, traces }: House,
  log: BotPorts['log'],
): BotPorts {
  return { conversation, knowledge, log, recentFeedback: (limit) => traces.recentFeedback(limit) };
}
