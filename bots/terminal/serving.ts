import type { Environment } from '../../pipelines/environment.ts';
import type { FeaturePipeline } from '../../pipelines/feature/sync.ts';
import type { Answering } from '../../pipelines/inference/ask.ts';
import { withFallback } from '../../pipelines/inference/generate/fallback.ts';
import { groundedModel } from '../../pipelines/inference/generate/grounded.ts';
import { loadAnswerPrompts } from '../../pipelines/inference/generate/messages.ts';
import {
  type GenerationSettings,
  shippedGeneration,
} from '../../pipelines/inference/generate/settings.ts';
import { loadPrompt } from '../../pipelines/inference/prompts/load.ts';
import { extractiveGenerator, servedRelease } from '../../pipelines/inference/release.ts';
import { openRetrieval } from '../../pipelines/inference/retrieve/retrieve.ts';
import { shippedSettings } from '../../pipelines/inference/retrieve/settings.ts';
import { modelReader } from '../../pipelines/inference/understand/model/reader.ts';
import { adapterMismatch, checkAdapter } from '../../pipelines/serving/adapter-probe/check.ts';
import { guardAdapter } from '../../pipelines/serving/adapter-probe/guard.ts';
import { readPrints } from '../../pipelines/serving/adapter-probe/kept.ts';
import { extractiveModel } from '../../pipelines/serving/chat/extractive/model.ts';
import type { ChatModel } from '../../pipelines/serving/chat/port.ts';
import type { LanguageModelEnvironment } from '../../pipelines/serving/environment.ts';
import type { LanguageModel } from '../../pipelines/serving/language-model/port.ts';
import { lexicalAnalysis } from '../../pipelines/stores/features/lexical.ts';
import type { Release, ReleaseSpec } from '../../pipelines/stores/registry/release.ts';
import type { Knowledge } from '../conversation/knowledge.ts';
import { openServers } from './servers.ts';
import { type Storehouse, twin } from './storehouse.ts';
import { codeVersion } from './version.ts';
import { measuredVoice } from './voice.ts';

/** What answers and indexes, wired to what is kept. */
export type Serving = Pick<FeaturePipeline, 'embedder' | 'headers' | 'pace'> & {
  readonly llm: LanguageModel | null;
  readonly answering: Answering;
  readonly release: Release;
  /** Answers that are worth starting at the same time; null where this process's own pace decides. */
  readonly atOnce: number | null;
  checkVoice(signal?: AbortSignal): Promise<string | null>;
  close(): Promise<void>;
};

/** How long a model is waited for, and how long it may then go on, in milliseconds. */
const usualFirstTextMs = 10_000;
const writingMs = 50_000;
const slotsOf = ({ concurrency = 32, urls }: LanguageModelEnvironment) =>
  concurrency * Math.max(1, urls.length);

export async function openServing(
  environment: Environment,
  store: Storehouse,
  knowledge: Pick<Knowledge, 'authors' | 'style'>,
): Promise<Serving> {
  const servers = await openServers(environment, store);
  try {
    const { llm, embedder, reranker, headers, pace, close } = servers;
    const extractive = extractiveModel();
    const firstTextMs = environment.llm?.firstWordsMs ?? usualFirstTextMs;
    const voice = llm && (await generatorOf(llm, environment, store, knowledge));
    const understand = loadPrompt('understand');
    const reader =
      llm && environment.llm?.understands
        ? modelReader({ model: llm, prompt: understand, settings: shippedSettings.model })
        : null;
    const answering: Answering = {
      retrieve: openRetrieval({
        ...store,
        ...(embedder && { embedder }),
        ...(reranker && { reranker }),
        ...(reader && { reader }),
      }),
      model: voice ? withFallback(voice.model, extractive, { firstTextMs }) : extractive,
      statistics: (set, stems) => store.features.lexicalStatistics(set, stems),
      ...(llm && { deadlineMs: firstTextMs + writingMs }),
    };
    const release = await store.registry.register(
      servedRelease({
        twin,
        generator: voice?.generator ?? extractiveGenerator(extractive.name),
        prompt: voice?.prompt ?? null,
        retrieval: {
          ...shippedSettings,
          modelRerank: reranker ? shippedSettings.modelRerank : null,
          model: reader ? { ...shippedSettings.model, reader: reader.name } : null,
        },
        reranker: reranker ? `lexical-proximity-v1, ${reranker.name}` : 'lexical-proximity-v1',
        features: { lexical: lexicalAnalysis, embedder: embedder?.identity.name ?? null },
        code: codeVersion(),
      }),
    );
    const atOnce = environment.llm && slotsOf(environment.llm);
    const checkVoice = voice?.check ?? (async () => null);
    return { llm, embedder, headers, pace, answering, release, atOnce, checkVoice, close };
  } catch (error) {
    await servers.close();
    throw error;
  }
}

type Generator = {
  readonly model: ChatModel;
  readonly prompt: string;
  readonly generator: ReleaseSpec['generator'];
  check(signal?: AbortSignal): Promise<string | null>;
};

/** @throws PermanentError `adapter.mismatch` where the server does not speak in the voice asked for */
async function generatorOf(
  llm: LanguageModel,
  environment: Environment,
  store: Storehouse,
  knowledge: Pick<Knowledge, 'authors' | 'style'>,
): Promise<Generator> {
  const prompts = loadAnswerPrompts();
  const voice = await measuredVoice(knowledge, { trained: llm.identity.adapter !== null });
  const settings: GenerationSettings = {
    ...shippedGeneration,
    voice,
    startsThinking: environment.llm?.thinks ?? false,
  };
  const written = groundedModel({ model: llm, settings, prompts });
  const prints = environment.llm?.prints;
  const recorded = prints === undefined ? null : await readPrints(store.artefacts, prints);
  const guard = guardAdapter(written, async (signal) =>
    llm.identity.adapter === null ? null : (await checkAdapter(llm, recorded, signal)).problem,
  );
  const problem = await guard.look();
  if (problem !== null) throw adapterMismatch(problem);
  return {
    model: guard.model,
    prompt: prompts.hash,
    generator: {
      ...llm.identity,
      ...(prints !== undefined && { prints }),
      sampling: settings,
    },
    check: guard.look,
  };
}
