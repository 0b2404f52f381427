import type { Logger } from 'pino';
import { openModelServers, type WantedServers } from '../../serving/servers.ts';
import type { EmbeddingCache } from '../../stores/embeddings/port.ts';
import type { Warehouse } from '../../stores/warehouse/port.ts';
import { type InferencePorts, openInference } from '../open.ts';
import { listenToVoice } from '../voice/watch.ts';
import { writingIn } from '../voice/writing.ts';
import { warmUp } from '../warm-up.ts';
import type { InferenceServiceEnvironment } from './environment.ts';
import { openReadiness, type ReadinessPorts } from './readiness.ts';
import { type InferenceService, serveInference } from './server.ts';

/** Where the process keeps and finds things. */
export type InferenceStores = Pick<InferencePorts, 'features' | 'artefacts'> & {
  readonly warehouse: Pick<Warehouse, 'facets' | 'titles' | 'get' | 'version'>;
  readonly registry: InferencePorts['registry'] & ReadinessPorts['registry'];
  readonly embeddings: EmbeddingCache;
};

export type StartInferenceOptions = {
  /** Whose voice. */
  readonly twin: string;
  /** Commit or version of the code. */
  readonly code: string | null;
  readonly log: Logger;
  /** How long running answers may go on once it is closing, in milliseconds. */
  readonly graceMs: number;
};

/** What one process can do at the same time by itself. */
const usualAtOnce = 16;

/**
 * The inference pipeline as a process of its own: opens the model servers that are named, answers one question that
 * nobody asked so that the first real one finds everything read, then listens.
 *
 * @throws TransientError or PermanentError for a server that is named and cannot be used, and as `serveInference` does
 */
export async function startInference(
  environment: WantedServers & { readonly inferenceService: InferenceServiceEnvironment },
  stores: InferenceStores,
  { twin, code, log, graceMs }: StartInferenceOptions,
): Promise<InferenceService> {
  const servers = await openModelServers(environment, stores.embeddings);
  const leaving = new AbortController();
  try {
    const ports = { ...stores, ...servers, writing: writingIn(stores.warehouse) };
    const opened = await openInference(ports, { twin, code, llm: environment.llm });
    const { inference, answering, release, atOnce } = opened;
    await warmUp(answering);
    const { llm } = servers;
    const ready = openReadiness({
      ...stores,
      release: release.id,
      ...(llm && { servers: { llm: () => llm.states() } }),
    });
    const service = await serveInference(
      { inference, ready, log },
      { ...environment.inferenceService, atOnce: atOnce ?? usualAtOnce, graceMs },
    );
    const listening = listenToVoice(opened, log, leaving.signal);
    log.info({ url: service.url, release: release.id }, 'answering');
    return {
      url: service.url,
      async close() {
        await service.close();
        leaving.abort();
        await listening;
        await servers.close();
      },
    };
  } catch (error) {
    leaving.abort();
    await servers.close();
    throw error;
  }
}
