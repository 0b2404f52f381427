import type { Environment } from '../../pipelines/environment.ts';
import type { FeaturePipeline } from '../../pipelines/feature/sync.ts';
import type { Inference } from '../../pipelines/inference/ask.ts';
import { type OpenedInference, openInference } from '../../pipelines/inference/open.ts';
import type { RemoteInferenceEnvironment } from '../../pipelines/inference/remote/environment.ts';
import { warmUp } from '../../pipelines/inference/warm-up.ts';
import type { EndpointState } from '../../pipelines/serving/endpoints/port.ts';
import { codeVersion } from '../../pipelines/version.ts';
import type { Knowledge } from '../conversation/knowledge.ts';
import { openServers } from './servers.ts';
import { type Storehouse, twin } from './storehouse.ts';

/** What answers and indexes, wired to what is kept. */
export type Serving = Pick<FeaturePipeline, 'embedder' | 'headers' | 'pace'> & {
  readonly inference: Inference;
  /** Answers that are worth starting at the same time; null where this process's own pace decides. */
  readonly atOnce: number | null;
  /** What answering is left to, by name, with the state of each address. */
  readonly services: Readonly<Record<string, () => readonly EndpointState[]>>;
  /** Looks whether the server answers in the twin's voice; null where this is not this process's business. */
  readonly checkVoice: OpenedInference['checkVoice'];
  warmUp(): Promise<void>;
  close(): Promise<void>;
};

export async function openServing(
  environment: Environment,
  store: Storehouse,
  knowledge: Pick<Knowledge, 'authors' | 'style'>,
): Promise<Serving> {
  const { inference } = environment;
  return inference
    ? await leaveTo(inference, environment, store)
    : await openHere(environment, store, knowledge);
}

async function openHere(
  environment: Environment,
  store: Storehouse,
  writing: Pick<Knowledge, 'authors' | 'style'>,
): Promise<Serving> {
  const { headers, pace, close, ...servers } = await openServers(environment, store);
  try {
    const { llm } = environment;
    const opened = await openInference(
      { ...store, ...servers, writing },
      { twin, code: codeVersion(), llm },
    );
    const { inference, answering, atOnce, checkVoice } = opened;
    const { embedder } = servers;
    return {
      embedder,
      headers,
      pace,
      inference,
      atOnce,
      services: {},
      checkVoice,
      warmUp: () => warmUp(answering),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Answering is another process's; the servers that are opened here are those that indexing needs. */
async function leaveTo(
  named: RemoteInferenceEnvironment,
  environment: Environment,
  store: Storehouse,
): Promise<Serving> {
  const { openRemoteAnswering } = await import('../../pipelines/inference/remote/answering.ts');
  const llm = environment.headers ? environment.llm : null;
  const servers = await openServers({ ...environment, llm, rerank: null }, store);
  try {
    const remote = await openRemoteAnswering(named);
    const { embedder, headers, pace } = servers;
    return {
      embedder,
      headers,
      pace,
      inference: remote,
      atOnce: remote.atOnce,
      services: { inference: remote.states },
      checkVoice: null,
      // That process has done so itself.
      warmUp: async () => undefined,
      async close() {
        await remote.close();
        await servers.close();
      },
    };
  } catch (error) {
    await servers.close();
    throw error;
  }
}
