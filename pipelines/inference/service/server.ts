import fastify from 'fastify';
import type { Logger } from 'pino';
import { PermanentError } from '../../stores/errors.ts';
import type { Inference } from '../port.ts';
import { answersPath } from '../protocol/question.ts';
import { openAdmission } from './admission.ts';
import { serveAnswers } from './answers.ts';
import type { InferenceServiceEnvironment } from './environment.ts';
import { checkReach } from './guard.ts';
import { openInferenceMetrics } from './metrics.ts';
import { serveProbes } from './probes.ts';
import type { Check } from './readiness.ts';
import { notUnderstood, Refused, refuse } from './refuse.ts';
import { draining as endingSoon, openRunning } from './running.ts';

export type InferenceServicePorts = {
  readonly inference: Inference;
  /** What answering needs, and whether each of it is well. */
  readonly ready: () => Promise<readonly Check[]>;
  readonly log: Pick<Logger, 'info' | 'warn'>;
};

export type InferenceServiceOptions = InferenceServiceEnvironment & {
  /** Answers at the same time. */
  readonly atOnce: number;
  /** Questions that may wait beyond that; four times as many where nobody says. More get status 429. */
  readonly line?: number;
  /** Longest time in line, in milliseconds. */
  readonly waitMs?: number;
  /** Between two signs of life while nothing else is said, in milliseconds. */
  readonly aliveMs?: number;
  /** How long an asker may take nothing of what is sent before it counts as gone, in milliseconds. */
  readonly stalledMs?: number;
  /** How long running answers may go on once `close` was called, in milliseconds. */
  readonly graceMs?: number;
};

export type InferenceService = {
  /** Where it is, with the port that was taken. */
  readonly url: string;
  /** No longer ready, nothing new; running answers finish within the grace, then the connections end. */
  close(): Promise<void>;
};

/** Bytes of a request: a question with its thread, which is bounded where it is asked. */
const bodyLimit = 1024 * 1024;
/** How long a request may take to arrive, in milliseconds; its answer may take longer. */
const requestTimeout = 10_000;
/** How long an idle connection is kept for the next question, in milliseconds; longer than askers keep it. */
const keepAliveTimeout = 75_000;
/** How long connections have to end by themselves once nothing runs, in milliseconds. */
const closingMs = 1_000;
/** Probes still get their answer at the end: they are how a balancer learns of it. */
const open = new Set(['/health/live', '/health/ready', '/metrics']);

/**
 * Serves the inference pipeline to other processes.
 *
 * @throws PermanentError `inference.no-token` where others than this machine could ask and there is no token;
 *   `inference.listen` where the address cannot be had
 */
export async function serveInference(
  { inference, ready, log }: InferenceServicePorts,
  options: InferenceServiceOptions,
): Promise<InferenceService> {
  const { port, host, token, atOnce, graceMs = 20_000 } = options;
  const { line = 4 * atOnce, waitMs = 10_000, aliveMs = 5_000, stalledMs = 30_000 } = options;
  checkReach(host, token);
  let draining = false;
  const admission = openAdmission({ atOnce, line, waitMs });
  const running = openRunning();
  const metrics = openInferenceMetrics(admission);
  // Idle connections only: what is being answered is waited for.
  const app = fastify({
    bodyLimit,
    requestTimeout,
    keepAliveTimeout,
    logger: false,
    forceCloseConnections: 'idle',
  });
  app.addHook('onRequest', async ({ routeOptions }, reply) => {
    if (!draining) return;
    reply.header('connection', 'close');
    if (!open.has(routeOptions.url ?? '')) throw new Refused(503, endingSoon());
  });
  app.setNotFoundHandler((_request, reply) => {
    refuse(new Refused(404, notUnderstood('there is nothing at this path')), reply);
  });
  app.setErrorHandler((failure, { routeOptions: { url } }, reply) => {
    const { code } = refuse(failure, reply);
    if (url === answersPath) metrics.refused(code);
    log.warn({ code }, 'a request was refused');
  });
  serveAnswers(app, { inference, admission, running, metrics, log }, { token, aliveMs, stalledMs });
  serveProbes(
    app,
    { metrics, ready, draining: () => draining },
    { token, release: inference.release },
  );
  const url = await app.listen({ port, host }).catch((cause: unknown) => {
    throw notListening(host, port, cause);
  });
  return {
    url,
    async close() {
      draining = true;
      await running.finish(graceMs);
      // A connection that becomes idle only after this would be kept for its asker's next question.
      const timer = setTimeout(() => app.server.closeAllConnections(), closingMs);
      await app.close();
      clearTimeout(timer);
    },
  };
}

const notListening = (host: string, port: number, cause: unknown) =>
  new PermanentError(`The inference service cannot listen on ${host}, port ${port}.`, {
    code: 'inference.listen',
    hint: 'Is another process there? Set INFERENCE_PORT or INFERENCE_HOST to what is free.',
    cause,
  });
