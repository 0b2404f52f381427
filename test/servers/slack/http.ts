import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Core, Refusal } from './core.ts';
import type { Grants } from './oauth.ts';
import type { Request } from './web-api/dispatch.ts';

export type Routes = {
  readonly core: Core;
  readonly grants: Grants;
  readonly api: (request: Request, raw: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** Counts the calls that run now. */
  readonly running: { calls: number };
};

/** Everything that comes in by HTTP: methods, response URLs, and the pages of the OAuth flow. */
export function openHttp({ core, grants, api, running }: Routes) {
  const route = async (raw: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(raw.url ?? '/', core.origin());
    const [, room = '', ...rest] = url.pathname.split('/');
    const body = await textOf(raw);
    if (room === 'api') {
      const method = rest.join('/');
      const args = { ...Object.fromEntries(url.searchParams), ...argsOf(core, method, raw, body) };
      await api({ method, headers: raw.headers, args }, raw, response);
    } else if (room === 'actions') {
      answerAction(core, rest.at(-1) ?? '', body, response);
    } else if (url.pathname === '/oauth/v2/authorize') {
      const { status, html } = grants.page(url.searchParams);
      response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' }).end(html);
    } else if (url.pathname === '/oauth/v2/agree') {
      response.writeHead(302, { location: grants.agree(url.searchParams) }).end();
    } else {
      core.violate('unknown_path', url.pathname, `${raw.method} ${url.pathname}`);
      response.writeHead(404).end();
    }
  };
  return async (raw: IncomingMessage, response: ServerResponse): Promise<void> => {
    running.calls += 1;
    try {
      await route(raw, response);
    } finally {
      running.calls -= 1;
      core.changes.changed();
    }
  };
}

async function textOf(raw: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of raw) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

function argsOf(
  core: Core,
  method: string,
  raw: IncomingMessage,
  body: string,
): Readonly<Record<string, unknown>> {
  const type = raw.headers['content-type'] ?? '';
  if (type.startsWith('application/x-www-form-urlencoded')) {
    return Object.fromEntries(new URLSearchParams(body));
  }
  if (type.startsWith('application/json')) {
    const parsed = jsonOf(body === '' ? '{}' : body);
    if (typeof parsed === 'object' && parsed !== null) return { ...parsed };
  }
  if (body !== '') core.violate('invalid_post', method, `${type}: ${body.slice(0, 200)}`);
  return {};
}

/** Undefined when it is no JSON: no method and no response URL takes that. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function answerAction(core: Core, id: string, body: string, response: ServerResponse): void {
  const headers = { 'content-type': 'application/json' };
  try {
    core.responseUrls.answer(core, id, jsonOf(body));
    response.writeHead(200, headers).end('{"ok":true}');
  } catch (failure) {
    if (!(failure instanceof Refusal)) throw failure;
    const { error, detail } = failure;
    if (detail.mistake) core.violate(detail.code ?? error, 'response_url', failure.message, body);
    response.writeHead(404, headers).end(JSON.stringify({ ok: false, error }));
  }
}
