import { extractiveModel } from '../serving/chat/extractive/model.ts';
import type { Embedder } from '../serving/embed/port.ts';
import type { LanguageModelEnvironment } from '../serving/environment.ts';
import type { LanguageModel } from '../serving/language-model/port.ts';
import type { Reranker } from '../serving/rerank/port.ts';
import type { ArtefactStore } from '../stores/artefacts/port.ts';
import { lexicalAnalysis } from '../stores/features/lexical.ts';
import type { FeatureStore } from '../stores/features/port.ts';
import type { Registry } from '../stores/registry/port.ts';
import type { Release } from '../stores/registry/release.ts';
import type { Warehouse } from '../stores/warehouse/port.ts';
import type { Answering } from './ask.ts';
import { withFallback } from './generate/fallback.ts';
import { type Generator, openGenerator } from './generator.ts';
import { localInference } from './local.ts';
import type { Inference } from './port.ts';
import { loadPrompt } from './prompts/load.ts';
import { extractiveGenerator, servedRelease } from './release.ts';
import { openRetrieval } from './retrieve/retrieve.ts';
import { shippedSettings } from './retrieve/settings.ts';
import { modelReader } from './understand/model/reader.ts';
import type { Writing } from './voice/measured.ts';

/** What answers are made with, opened by whoever owns it. */
export type InferencePorts = {
  readonly warehouse: Pick<Warehouse, 'facets' | 'titles' | 'version'>;
  readonly features: FeatureStore;
  readonly registry: Pick<Registry, 'register'>;
  readonly artefacts: ArtefactStore;
  readonly llm: LanguageModel | null;
  readonly embedder: Embedder | null;
  readonly reranker: Reranker | null;
  readonly writing: Writing;
};

export type InferenceSettings = {
  /** Whose voice. */
  readonly twin: string;
  /** Commit or version of the code. */
  readonly code: string | null;
  readonly llm: LanguageModelEnvironment | null;
};

export type OpenedInference = {
  readonly inference: Inference;
  readonly answering: Answering;
  readonly release: Release;
  /** Answers that are worth starting at the same time; null where this process's own pace decides. */
  readonly atOnce: number | null;
  /** Looks whether the server answers in the twin's voice: what is wrong, or null. Null where no adapter is. */
  readonly checkVoice: Generator['check'];
};

/** How long a model is waited for, and how long it may then go on, in milliseconds. */
const usualFirstTextMs = 10_000;
const writingMs = 50_000;
const slotsOf = ({ concurrency = 32, urls }: LanguageModelEnvironment) =>
  concurrency * Math.max(1, urls.length);

/**
 * The inference pipeline over what is kept and what is served, registered as the release that it is.
 *
 * @throws PermanentError `adapter.mismatch` where the server does not speak in the voice asked for
 */
export async function openInference(
  ports: InferencePorts,
  { twin, code, llm: served }: InferenceSettings,
): Promise<OpenedInference> {
  const { warehouse, features, registry, artefacts, llm, embedder, reranker, writing } = ports;
  const extractive = extractiveModel();
  const firstTextMs = served?.firstWordsMs ?? usualFirstTextMs;
  const voice = llm && (await openGenerator(llm, served ?? {}, artefacts, writing));
  const reader =
    llm && served?.understands
      ? modelReader({
          model: llm,
          prompt: loadPrompt('understand'),
          settings: shippedSettings.model,
        })
      : null;
  const answering: Answering = {
    retrieve: openRetrieval({
      warehouse,
      features,
      ...(embedder && { embedder }),
      ...(reranker && { reranker }),
      ...(reader && { reader }),
    }),
    model: voice ? withFallback(voice.model, extractive, { firstTextMs }) : extractive,
    statistics: (set, stems) => features.lexicalStatistics(set, stems),
    ...(llm && { deadlineMs: firstTextMs + writingMs }),
  };
  const release = await registry.register(
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
      code,
    }),
  );
  return {
    inference: localInference(answering, release.id),
    answering,
    release,
    atOnce: served && slotsOf(served),
    checkVoice: voice?.check ?? null,
  };
}
