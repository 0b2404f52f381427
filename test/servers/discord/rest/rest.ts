import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type Matched,
  match,
  requestErrors,
  responseErrors,
  UNKNOWN_QUERY,
} from '../contract/contract.ts';
import type { OperationId } from '../contract/served.ts';
import type { RecordedRequest, Violation } from '../types/server.ts';
import { type Answer, drop, strike, tooMany, write } from './answers.ts';
import { readBody } from './body.ts';
import { ApiError } from './errors.ts';
import type { Fault } from './faults.ts';
import { createRateLimiter } from './rate-limits.ts';
import { channelRoutes } from './routes/channels.ts';
import { commandRoutes } from './routes/commands.ts';
import { identityRoutes } from './routes/identity.ts';
import { interactionRoutes } from './routes/interactions.ts';
import { messageRoutes } from './routes/messages.ts';
import type { Call, Handlers, Reply, Rooms } from './routes/route.ts';

const PREFIX = '/api/v10';
/** Interactions and their webhooks are opened by their token instead of the bot's. */
const BY_TOKEN = /^\/(interactions|webhooks)\//;

export type Rest = {
  readonly listener: (request: IncomingMessage, response: ServerResponse) => void;
  readonly requests: RecordedRequest[];
  readonly invalidRequests: () => number;
};

/** Discord's REST API over the rooms. */
export function createRest(
  rooms: Rooms,
  draw: (operation: OperationId) => Fault | undefined,
  cutGateway: () => void,
): Rest {
  const { world } = rooms;
  const handlers: Handlers = {
    ...identityRoutes(rooms),
    ...commandRoutes(rooms),
    ...interactionRoutes(rooms),
    ...messageRoutes(rooms),
    ...channelRoutes(rooms),
  };
  const limiter = createRateLimiter(world.options.rateLimits ?? 'off', world.clock);
  const requests: RecordedRequest[] = [];
  let invalid = 0;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://discord');
    const method = request.method ?? 'GET';
    const path = url.pathname.startsWith(PREFIX) ? url.pathname.slice(PREFIX.length) : '';
    const matched = match(method, path);
    const record = { operation: matched?.operation ?? ('unknown' as const), method, path };
    const note = (kind: Violation['kind'], message: string) => {
      world.violations.push({ ...record, kind, message });
    };
    const entry = { ...record, body: undefined as unknown, status: 0, atMs: world.clock.now() };
    requests.push(entry);
    const send = (answer: Answer) => {
      entry.status = answer.status;
      const shared = answer.headers['x-ratelimit-scope'] === 'shared';
      if ([401, 403, 429].includes(answer.status) && !shared) invalid++;
      write(response, answer);
      world.changed();
    };
    try {
      const { body, files } = await readBody(request);
      entry.body = body;
      if (!matched) {
        note('unknown-route', `${method} ${url.pathname} is not served here`);
        return send({ status: 404, body: { message: '404: Not Found', code: 0 }, headers: {} });
      }
      const fault = draw(matched.operation);
      const instead = fault && (await strike(fault, response, cutGateway));
      if (instead === 'gone') return;
      if (instead) return send(instead);
      const byBot = authorised(request, path, world.token);
      const limits = limiter?.(matched.operation, matched.params, byBot);
      const headers = { ...limits?.headers };
      if (limits?.refused) {
        return send(tooMany(limits.refused.retryAfterMs, limits.refused.scope, headers));
      }
      const { atMs } = entry;
      const reply = handle(matched, { query: url.searchParams, body, files, note, atMs });
      for (const error of responseErrors(matched.operation, reply.status, reply.body)) {
        note('own-response', error);
      }
      if (fault?.kind === 'drop') {
        const { interaction_id: id = '', interaction_token: token = '' } = matched.params;
        const interaction = rooms.interactions.byId(id, token);
        if (interaction) interaction.answerLost = true;
        return drop(response);
      }
      send({ ...reply, headers });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.violation) note(error.violation, error.describe());
      const retry = error.retryAfterMs;
      send({
        status: error.status,
        body: error.body(),
        headers: retry === undefined ? {} : { 'retry-after': (retry / 1000).toFixed(3) },
      });
    }
  }

  function handle(matched: Matched, call: Omit<Call, 'params'>): Reply {
    const errors = requestErrors(matched, call.query, call.body);
    const wrong = errors.filter(({ code }) => code !== UNKNOWN_QUERY);
    // Discord overlooks a parameter it does not know; whoever sent it meant something by it.
    for (const { path, code } of errors) {
      if (code === UNKNOWN_QUERY) call.note('schema', `${path.join('.')} is no parameter of this`);
    }
    if (wrong.length > 0) throw new ApiError(50_035, { fields: wrong, violation: 'schema' });
    const handler = handlers[matched.operation];
    if (!handler) throw new Error(`No handler for ${matched.operation}`);
    return handler({ ...call, params: matched.params });
  }

  return {
    listener: (request, response) => {
      serve(request, response).catch((error: unknown) => {
        world.violations.push({
          kind: 'own-response',
          operation: 'unknown',
          method: request.method ?? '',
          path: request.url ?? '',
          message: error instanceof Error ? (error.stack ?? error.message) : String(error),
        });
        write(response, {
          status: 500,
          body: { message: 'test server failed', code: 0 },
          headers: {},
        });
      });
    },
    requests,
    invalidRequests: () => invalid,
  };
}

/** Whether the bot's token came along; throws 401 where it must and does not. */
function authorised(request: IncomingMessage, path: string, token: string): boolean {
  const given = request.headers.authorization;
  if (given === `Bot ${token}`) return true;
  if (given === undefined && BY_TOKEN.test(path)) return false;
  throw new ApiError(0, { violation: 'unauthorised' });
}
