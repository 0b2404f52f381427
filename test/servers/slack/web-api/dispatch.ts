import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { type Core, mistake, Refusal, refusal } from '../core.ts';
import type { Faults } from '../faults.ts';
import type { Limiter } from '../limits.ts';
import type { Team } from '../team.ts';
import type { ApiCall, Fault } from '../types.ts';
import type { Answer, Method } from './method.ts';

export type Request = {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly args: Readonly<Record<string, unknown>>;
};

type Reply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** Answers calls of the Web API, or lets them meet what was scripted. */
export function openDispatch(
  core: Core,
  faults: Faults,
  limiter: Limiter,
  methods: Readonly<Record<string, Method>>,
) {
  return async (
    request: Request,
    raw: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> => {
    const call: ApiCall = {
      method: request.method,
      args: request.args,
      team: undefined,
      atMs: performance.now(),
      answer: undefined,
      error: undefined,
      applied: false,
    };
    core.calls.push(call);
    const fault = faults.meets(request.method);
    if (fault !== undefined) call.error = fault.kind;
    if (fault?.kind === 'slow') await new Promise((done) => setTimeout(done, fault.delayMs));
    const instead = fault === undefined ? undefined : refusedBy(fault);
    const happens =
      fault === undefined || fault.kind === 'slow' || ('when' in fault && fault.when === 'after');
    const reply =
      instead ?? (happens ? run(core, faults, limiter, methods, request, call) : undefined);
    core.changes.changed();
    if (fault?.kind === 'drop') raw.socket.destroy();
    else if (fault?.kind !== 'timeout' && reply !== undefined && !response.destroyed) {
      response.writeHead(reply.status, reply.headers).end(reply.body);
    }
  };
}

function refusedBy(fault: Fault): Reply | undefined {
  if (fault.kind === 'rate_limited') return rateLimited(fault.retryAfterS);
  if (fault.kind === 'status') {
    return {
      status: fault.status,
      headers: { 'content-type': 'text/html' },
      body: fault.body ?? '',
    };
  }
  return fault.kind === 'error' ? answered({ ok: false, error: fault.error }, {}) : undefined;
}

function rateLimited(seconds: number): Reply {
  return {
    status: 429,
    headers: { 'content-type': 'application/json', 'retry-after': `${seconds}` },
    body: JSON.stringify({ ok: false, error: 'ratelimited' }),
  };
}

function answered(answer: Answer, headers: Readonly<Record<string, string>>): Reply {
  const type = { 'content-type': 'application/json; charset=utf-8' };
  return { status: 200, headers: { ...type, ...headers }, body: JSON.stringify(answer) };
}

function run(
  core: Core,
  faults: Faults,
  limiter: Limiter,
  methods: Readonly<Record<string, Method>>,
  request: Request,
  call: ApiCall,
): Reply {
  let headers: Record<string, string> = {};
  try {
    const method = methods[request.method];
    if (method === undefined) throw mistake('unknown_method', `no such method: ${request.method}`);
    const { team, byApp } = authorise(core, method, request);
    call.team = team.id;
    const channel = request.args['channel'] ?? request.args['channel_id'];
    const waitS = limiter.refuses(team.id, request.method, method.tier, String(channel ?? ''));
    if (waitS !== undefined) {
      call.error = 'ratelimited';
      return rateLimited(waitS);
    }
    const needed = method.scopes(request.args, team);
    const provided = byApp ? core.app.appTokenScopes : [...team.scopes];
    headers = {
      'x-oauth-scopes': provided.join(','),
      'x-accepted-oauth-scopes': needed.join(','),
    };
    if (needed.length > 0 && !needed.some((scope) => provided.includes(scope))) {
      throw new Refusal('missing_scope', {
        mistake: true,
        extra: { needed: needed.join(','), provided: provided.join(',') },
      });
    }
    const context = { core, faults, headers: request.headers, team, byApp };
    const answer = { ok: true, ...method.invoke(request.args, context) };
    call.answer = answer;
    call.applied = true;
    return answered(answer, headers);
  } catch (failure) {
    if (!(failure instanceof Refusal)) throw failure;
    const { error, detail } = failure;
    call.error = error;
    if (detail.mistake) {
      const code = detail.code ?? error;
      core.violate(code, request.method, failure.message, request.args);
    }
    const messages = detail.messages ?? [];
    call.answer = {
      ok: false,
      error,
      ...detail.extra,
      ...(messages.length === 0 ? {} : { response_metadata: { messages } }),
    };
    return answered(call.answer, headers);
  }
}

/** Whose token it is. Methods that need none work on whichever workspace comes first. */
function authorise(
  core: Core,
  method: Method,
  request: Request,
): { readonly team: Team; readonly byApp: boolean } {
  const [first] = core.teams.values();
  if (first === undefined) throw new Error('There is no workspace.');
  if (method.auth === 'none') return { team: first, byApp: false };
  const header = request.headers.authorization ?? '';
  const token = /^Bearer (.+)$/.exec(header)?.[1] ?? request.args['token'];
  if (typeof token !== 'string') throw mistake('not_authed');
  if (token === core.app.appToken) {
    if (method.auth === 'bot') throw mistake('not_allowed_token_type', 'needs a bot token');
    return { team: first, byApp: true };
  }
  const teams = [...core.teams.values()];
  if (teams.some((team) => team.dead.has(token))) throw refusal('token_revoked');
  const team = teams.find((one) => one.token === token);
  if (team === undefined) throw mistake('invalid_auth');
  if (method.auth === 'app') throw mistake('not_allowed_token_type', 'needs an app-level token');
  return { team, byApp: false };
}
