import { openTraceLog } from '../../monitoring/trace-log/sqlite.ts';
import type { TraceLog } from '../../monitoring/tracer.ts';
import type { Environment } from '../../pipelines/environment.ts';
import { type Answering, ask } from '../../pipelines/inference/ask.ts';
import { embeddedRelease } from '../../pipelines/inference/release.ts';
import { openRetrieval } from '../../pipelines/inference/retrieve/retrieve.ts';
import { shippedSettings } from '../../pipelines/inference/retrieve/settings.ts';
import type { Queues } from '../../pipelines/queues/port.ts';
import { openSqliteQueues } from '../../pipelines/queues/sqlite.ts';
import { extractiveModel } from '../../pipelines/serving/chat/extractive/model.ts';

import { openOnnxEmbedder } from '../../pipelines/serving/embed/onnx.ts';
import type { Embedder } from '../../pipelines/serving/embed/port.ts';
import { lexicalAnalysis } from '../../pipelines/stores/features/lexical.ts';
import { type EmbeddedStores, openEmbedded } from '../../pipelines/stores/open.ts';
import type { Release } from '../../pipelines/stores/registry/release.ts';
import { readAccessRules } from '../conversation/access/read.ts';
import type { Conversation } from '../conversation/conversation.ts';
import { openKnowledge } from '../conversation/knowledge/open.ts';
import type { Knowledge } from '../conversation/knowledge.ts';
import { openConversation } from '../conversation/open.ts';
import { pseudonyms } from '../conversation/pseudonym.ts';
import type { BotsEnvironment } from '../environment.ts';
import type { BotPorts } from '../ports.ts';
import { pseudonymKey } from '../state/key.ts';
import { openConversationState } from '../state/sqlite.ts';
import { codeVersion } from './version.ts';

/** Everything a process needs, opened: the one place where adapters are chosen and wired. */
export type House = EmbeddedStores & {
  readonly home: string;
  readonly queues: Queues;
  readonly traces: TraceLog;
  readonly embedder: Embedder | null;
  readonly release: Release;
  readonly answering: Answering;
  readonly conversation: Conversation;
  readonly knowledge: Knowledge;
  /** Reads and compiles what the first question would otherwise wait for; never fails. */
  warmUp(): Promise<void>;
  /** Lets running answers finish; afterwards nothing new is answered. */
  drain(): Promise<void>;
};

/** Whose voice; one until a deployment serves several. */
const twin = 'default';
/** How long answers may go on once the house is closing, in milliseconds. */
const graceMs = 10_000;

export async function openHouse(
  environment: Environment,
  { access, limits }: Pick<BotsEnvironment, 'access' | 'limits'> = {},
): Promise<House> {
  const stores = openEmbedded(environment.home);
  try {
    const queues = openSqliteQueues(stores.database);
    const traces = openTraceLog(stores.database);
    const embedder = environment.embedder ? await openOnnxEmbedder(environment.embedder) : null;
    const model = extractiveModel();
    const answering: Answering = {
      retrieve: openRetrieval({ ...stores, ...(embedder && { embedder }) }),
      model,
      statistics: (set, stems) => stores.features.lexicalStatistics(set, stems),
    };
    const release = await stores.registry.register(
      embeddedRelease({
        twin,
        model: model.name,
        retrieval: shippedSettings,
        reranker: 'lexical-proximity-v1',
        features: { lexical: lexicalAnalysis, embedder: embedder?.identity.name ?? null },
        code: codeVersion(),
      }),
    );
    const conversation = openConversation({
      answering,
      tracer: traces,
      release: release.id,
      state: openConversationState(stores.database),
      pseudonym: pseudonyms(pseudonymKey(environment.home)),
      ...(access && { rules: await readAccessRules(access) }),
      ...(limits && { limits }),
    });
    return {
      ...stores,
      home: environment.home,
      queues,
      traces,
      embedder,
      release,
      answering,
      conversation,
      knowledge: openKnowledge(stores),
      async warmUp() {
        const question = {
          text: 'What is this about?',
          history: [],
          now: new Date().toISOString(),
        };
        // Not traced: nobody asked. With nothing indexed there is nothing to warm either.
        await Array.fromAsync(ask(answering, question)).catch(() => undefined);
      },
      drain: () => conversation.drain(graceMs),
      async close() {
        await conversation.drain(graceMs);
        await embedder?.close();
        await queues.close();
        await stores.close();
      },
    };
  } catch (error) {
    await stores.close();
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
