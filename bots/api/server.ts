import { PermanentError } from '../../pipelines/stores/errors.ts';
import { openApp } from './app.ts';
import { someKeyOpens } from './auth/open-key.ts';
import { type ApiConfig, isLocal } from './config.ts';
import { openDrain } from './http/drain.ts';
import { limitRequests } from './http/limit.ts';
import { openMetrics } from './metrics.ts';
import type { ApiPorts } from './ports.ts';
import { serveAsk } from './routes/ask.ts';
import { serveCompletions } from './routes/completions.ts';
import { serveDocs } from './routes/docs.ts';
import { serveDocuments } from './routes/documents.ts';
import { serveFeedback } from './routes/feedback.ts';
import { serveHealth } from './routes/health.ts';
import { serveMetrics } from './routes/metrics.ts';
import { serveModels } from './routes/models.ts';
import { servePush } from './routes/push.ts';
import { serveSources } from './routes/sources.ts';
import { openRunning } from './running.ts';

export type { ApiPorts } from './ports.ts';

export type ApiOptions = ApiConfig & {
  /** The twin's name: what clients of OpenAI's protocol call the model. */
  readonly twin: string;
  /** Of the code, for the OpenAPI document. */
  readonly version: string;
  /** Between two signs of life of a stream, in milliseconds. */
  readonly keepAliveMs?: number;
  /** How long running answers may go on once `close` was called, in milliseconds. */
  readonly graceMs?: number;
};

export type RunningApi = {
  /** Where it is, with the port that was taken. */
  readonly url: string;
  /** Answers whatever is new with 503 and goes on with what runs. To be called before the conversation's drain. */
  quiesce(): Promise<void>;
  /** Waits for running answers for a while, stops what is left, and ends. To be called after the drain. */
  close(): Promise<void>;
};

/** How long connections have to end by themselves once nothing runs, in milliseconds. */
const closingMs = 1_000;

/**
 * Serves the twin over HTTP.
 *
 * @throws PermanentError `api.no-keys` where others than this machine could reach it and no key opens it; `api.listen`
 * where the address cannot be had.
 */
export async function startApi(ports: ApiPorts, options: ApiOptions): Promise<RunningApi> {
  const { port, host, perMinute, twin, version, keepAliveMs = 15_000, graceMs = 10_000 } = options;
  if (!isLocal(options) && !(await someKeyOpens(ports.keys, new Date()))) throw noKeys(host);
  const running = openRunning();
  const metrics = openMetrics(running.count);
  const app = openApp(ports, options, metrics);
  const drain = openDrain(app);
  const context = { ports, metrics, running, drain, twin, keepAliveMs };
  if (perMinute !== null) await limitRequests(app, perMinute);
  await serveDocs(app, { twin, version });
  serveAsk(app, context);
  serveFeedback(app, context);
  serveSources(app, context);
  serveDocuments(app, context);
  servePush(app, context);
  serveCompletions(app, context);
  serveModels(app, context);
  serveHealth(app, context);
  serveMetrics(app, context);
  const url = await app.listen({ port, host }).catch((cause: unknown) => {
    throw notListening(host, port, cause);
  });
  return {
    url,
    async quiesce() {
      drain.begin();
    },
    async close() {
      drain.begin();
      await running.finish(graceMs);
      // A connection that becomes idle only after this would be kept for its client's next request.
      const timer = setTimeout(() => app.server.closeAllConnections(), closingMs);
      await app.close();
      clearTimeout(timer);
    },
  };
}

const noKeys = (host: string) =>
  new PermanentError(`The API would listen on ${host}, and no key opens it.`, {
    code: 'api.no-keys',
    hint: 'Make one with: understudy keys create <name>; or unset API_HOST to serve this machine alone.',
  });

const notListening = (host: string, port: number, cause: unknown) =>
  new PermanentError(`The API cannot listen on ${host}, port ${port}.`, {
    code: 'api.listen',
    hint: 'Is another process there? Set API_PORT or API_HOST to what is free.',
    cause,
  });
