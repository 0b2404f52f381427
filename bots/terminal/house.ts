import { openTraceLog } from '../../monitoring/trace-log/sqlite.ts';
import type { TraceLog } from '../../monitoring/tracer.ts';
import type { Environment } from '../../pipelines/environment.ts';
import type { Answering } from '../../pipelines/inference/ask.ts';
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
import { type Conversation, openConversation } from '../conversation/converse.ts';
import { openMemory } from '../conversation/memory.ts';
import { codeVersion } from './version.ts';

/** Everything a process needs, opened: the one place where adapters are chosen and wired. */
export type House = EmbeddedStores & {
  readonly home: string;
  readonly queues: Queues;
  readonly traces: TraceLog;
  readonly embedder: Embedder | null;
  readonly release: Release;
  readonly answering: Answering;
  readonly converse: Conversation['converse'];
  /** Makes a thread's earlier turns, as traced, known to this process. */
  resume(thread: string): Promise<void>;
};

/** Whose voice; one until a deployment serves several. */
const twin = 'default';
const memoryLimits = { tokens: 1_500, threads: 500 };
/** More turns than the memory's budget holds would be read in vain. */
const resumedTurns = 20;

export async function openHouse(environment: Environment): Promise<House> {
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
    const memory = openMemory(memoryLimits);
    const { converse } = openConversation({
      answering,
      tracer: traces,
      release: release.id,
      memory,
    });
    return {
      ...stores,
      home: environment.home,
      queues,
      traces,
      embedder,
      release,
      answering,
      converse,
      async resume(thread) {
        const earlier = await traces.traces({ thread, limit: resumedTurns });
        const answered = earlier.filter(({ outcome }) => outcome !== 'failed');
        answered.sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1));
        for (const { question, answer } of answered) {
          memory.remember(thread, [
            { role: 'user', text: question },
            { role: 'twin', text: answer },
          ]);
        }
      },
      async close() {
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
