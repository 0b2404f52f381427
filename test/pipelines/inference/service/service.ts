import type { Answering } from '../../../../pipelines/inference/ask.ts';
import { localInference } from '../../../../pipelines/inference/local.ts';
import {
  type InferenceServiceOptions,
  type InferenceServicePorts,
  serveInference,
} from '../../../../pipelines/inference/service/server.ts';

type Change = Partial<InferenceServiceOptions> &
  Partial<Pick<InferenceServicePorts, 'ready'>> & { readonly release?: string };

/** The service over a pipeline, on a free port of this machine, with what it logged. */
export async function startService(
  pipeline: Answering,
  { ready = async () => [], release = 'rel-1', ...options }: Change = {},
) {
  const logged: unknown[] = [];
  const note = (...said: unknown[]) => void logged.push(said);
  const service = await serveInference(
    {
      inference: localInference(pipeline, release),
      ready,
      log: { info: note, warn: note },
    },
    { port: 0, host: '127.0.0.1', atOnce: 8, graceMs: 5_000, ...options },
  );
  return { ...service, logged };
}
