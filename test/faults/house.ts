import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openConversation } from '../../bots/conversation/open.ts';
import { pseudonyms } from '../../bots/conversation/pseudonym.ts';
import { openConversationState } from '../../bots/state/sqlite.ts';
import { openTraceLog } from '../../monitoring/trace-log/sqlite.ts';
import { collect } from '../../pipelines/collection/collect.ts';
import { syncFeatures } from '../../pipelines/feature/sync.ts';
import { withFallback } from '../../pipelines/inference/generate/fallback.ts';
import { groundedModel } from '../../pipelines/inference/generate/grounded.ts';
import { shippedGeneration } from '../../pipelines/inference/generate/settings.ts';
import { localInference } from '../../pipelines/inference/local.ts';
import { loadPrompt } from '../../pipelines/inference/prompts/load.ts';
import { openRetrieval } from '../../pipelines/inference/retrieve/retrieve.ts';
import { shippedSettings } from '../../pipelines/inference/retrieve/settings.ts';
import { modelReader } from '../../pipelines/inference/understand/model/reader.ts';
import { checkAdapter } from '../../pipelines/serving/adapter-probe/check.ts';
import { guardAdapter } from '../../pipelines/serving/adapter-probe/guard.ts';
import { extractiveModel } from '../../pipelines/serving/chat/extractive/model.ts';
import { openTeiEmbedder } from '../../pipelines/serving/embed/tei.ts';
import { openLanguageModel } from '../../pipelines/serving/language-model/open.ts';
import { openTeiReranker } from '../../pipelines/serving/rerank/tei.ts';
import { openEmbedded } from '../../pipelines/stores/open.ts';
import { startTei } from '../servers/tei/server.ts';
import { startTgi } from '../servers/tgi/server.ts';
import type { Stage, Wrong } from './faults.ts';
import type { FaultCase } from './matrix.ts';

const handbook = resolve(import.meta.dirname, '../../datasets/handbook');

/** Long enough that a busy machine never comes near it. */
const patientMs = 20_000;
const limits = { firstMs: patientMs, idleMs: patientMs, attempts: 2, retryBudget: 1 };
/** What a stall ends by, which takes seconds in production. */
const impatientMs = 500;

/** What the model says when all is well: long enough to break off in the middle. */
const answerPieces: readonly string[] =
  'The three authors of this handbook are roles, not people [1]. Each of them writes about what the role looks after, and signs with its name [1]. Whoever asks for one of them is shown what stands under that name [1].'.match(
    /\s?\S+/gu,
  ) ?? [];
export const answerBegins = 'The three authors of this handbook';
export const answerEnds = 'stands under that name.';

/** Of the weights that both TEI servers begin with. */
const adapter = 'ada';
export const revision = '1'.repeat(40);

/** A model server for each stage, so that one of them can misbehave alone, and an index to answer from. */
export async function openFaultHouse() {
  const home = mkdtempSync(join(tmpdir(), 'understudy-faults-'));
  const servers = {
    understand: await startTgi(),
    embed: await startTei({ revision }),
    rerank: await startTei({ serves: 'rerank', revision, maxClientBatchSize: 64 }),
    // Whoever is asked for says the same: to the guard that is an adapter which is not there.
    generate: await startTgi({ adapters: [adapter], reply: () => answerPieces }),
  };
  const stores = openEmbedded(home);
  const embedder = await openTeiEmbedder({ endpoints: [{ url: servers.embed.url }] });
  for await (const _ of collect([handbook], stores, {})) void _;
  for await (const _ of syncFeatures({ ...stores, embedder }, {})) void _;
  await embedder.close();
  const traces = openTraceLog(stores.database);
  const state = openConversationState(stores.database);

  return {
    servers,
    traces,
    /**
     * Clients of their own for each question: what one fault broke open or shut is no business of the next.
     *
     * @param struck whose stage is not waited for long where it stalls
     */
    async openPath({ stage: struck, wrong: { stalls } }: Pick<FaultCase, 'stage' | 'wrong'>) {
      const at = (stage: Stage) => [{ url: servers[stage].url }];
      const limitMs = (stage: Stage, when: Wrong['stalls']) =>
        stage === struck && stalls === when ? impatientMs : patientMs;
      const reading = await openLanguageModel({ endpoints: at('understand'), limits });
      const writing = await openLanguageModel({
        endpoints: at('generate'),
        limits: { ...limits, idleMs: limitMs('generate', 'later') },
        adapter,
      });
      const meaning = await openTeiEmbedder({
        endpoints: at('embed'),
        limits: { ...limits, firstMs: limitMs('embed', 'first') },
      });
      const judging = await openTeiReranker({ endpoints: at('rerank'), limits });
      const settings = {
        ...shippedSettings,
        modelRerank: { ...shippedSettings.modelRerank, deadlineMs: limitMs('rerank', 'first') },
        model: { ...shippedSettings.model, deadlineMs: limitMs('understand', stalls) },
      };
      const guard = guardAdapter(
        groundedModel({ model: writing, settings: shippedGeneration }),
        async (signal) => (await checkAdapter(writing, null, signal)).problem,
      );
      const reader = modelReader({
        model: reading,
        prompt: loadPrompt('understand'),
        settings: settings.model,
      });
      const conversation = openConversation({
        inference: localInference(
          {
            retrieve: openRetrieval(
              { ...stores, embedder: meaning, reranker: judging, reader },
              settings,
            ),
            model: withFallback(guard.model, extractiveModel(), {
              firstTextMs: limitMs('generate', 'first'),
            }),
            deadlineMs: 4 * patientMs,
            statistics: (set, stems) => stores.features.lexicalStatistics(set, stems),
          },
          'faults',
        ),
        tracer: traces,
        state,
        pseudonym: pseudonyms(Buffer.alloc(32, 1)),
        limits: { personPerMinute: null, channelPerMinute: null },
      });
      return {
        conversation,
        look: () => guard.look(),
        async close() {
          await conversation.drain(1_000);
          await Promise.all([reading, writing, meaning, judging].map((each) => each.close()));
        },
      };
    },
    async close() {
      await Promise.all(Object.values(servers).map((server) => server.close()));
      await stores.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

export type FaultHouse = Awaited<ReturnType<typeof openFaultHouse>>;
