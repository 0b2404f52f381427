import { randomUUID } from 'node:crypto';
import { hashOf, mintToken } from '../../../bots/api/auth/token.ts';
import { openReadiness } from '../../../bots/api/readiness.ts';
import { type ApiOptions, type ApiPorts, startApi } from '../../../bots/api/server.ts';
import { openApiKeys } from '../../../bots/state/keys.ts';
import { type ApiScope, apiScopes, type NewApiKey } from '../../../bots/state/port.ts';
import { pushDocument } from '../../../pipelines/collection/push.ts';
import { openDatabase } from '../../../pipelines/stores/sqlite/database.ts';
import type { Stage } from '../conversation/stage.ts';
import type { TestTwin } from '../twin.ts';
import { type Answered, type OpenApi, openContract } from './contract.ts';

export type Sent = {
  readonly method?: string;
  readonly key?: string | null;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
};

export type Scene = Awaited<ReturnType<typeof openScene>>;

/** What a twin or a stage has, as the API is handed it. */
export function portsOf(twin: TestTwin | Stage): Omit<ApiPorts, 'keys' | 'log'> {
  const { warehouse, features, knowledge } =
    'stores' in twin ? { ...twin.stores, knowledge: twin.ports.knowledge } : twin;
  return {
    conversation: twin.conversation,
    knowledge,
    warehouse,
    features,
    traces: twin.traces,
    intake: (pushed) => pushDocument(pushed, warehouse),
    ready: openReadiness({ warehouse, features }),
  };
}

/** The API over a twin on a port of its own; each response is held to what the OpenAPI document says of it. */
export async function openScene(
  twin: TestTwin | Stage,
  change: {
    readonly ports?: Partial<ApiPorts>;
    readonly options?: Partial<ApiOptions>;
  } = {},
) {
  const database = openDatabase(twin.home);
  const keys = openApiKeys(database);
  const complaints: unknown[][] = [];
  const complain = (...said: unknown[]) => void complaints.push(said);
  const ports: ApiPorts = {
    ...portsOf(twin),
    keys,
    log: { info: () => undefined, warn: complain, error: complain },
    ...change.ports,
  };
  const options: ApiOptions = {
    host: '127.0.0.1',
    port: 0,
    origins: [],
    perMinute: null,
    twin: 'ada',
    version: '0.0.0-test',
    ...change.options,
  };
  const api = await startApi(ports, options);

  const makeKey = async (
    scopes: readonly ApiScope[] = apiScopes,
    more: Partial<NewApiKey> = {},
  ): Promise<string> => {
    const token = mintToken();
    const added = await keys.add({
      id: randomUUID(),
      name: `key-${randomUUID().slice(0, 8)}`,
      hash: hashOf(token),
      scopes,
      access: null,
      createdAt: new Date().toISOString(),
      expiresAt: null,
      ...more,
    });
    if (!added) throw new Error('There is a key of this name.');
    return token;
  };
  const everything = await makeKey();

  const described = await fetch(`${api.url}/openapi.json`);
  const contract = openContract((await described.json()) as OpenApi);

  const open = (path: string, sent: Sent = {}): Promise<Response> => {
    const { key = everything, body, headers = {}, signal } = sent;
    const method = sent.method ?? (body === undefined ? 'GET' : 'POST');
    return fetch(`${api.url}${path}`, {
      method,
      headers: {
        ...(key !== null && { authorization: `Bearer ${key}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      ...(signal && { signal }),
    });
  };

  const call = async (path: string, sent: Sent = {}): Promise<Answered> => {
    const response = await open(path, sent);
    const answered = await read(response);
    const method = sent.method ?? (sent.body === undefined ? 'GET' : 'POST');
    contract.check(method, response.url, answered);
    return answered;
  };

  return {
    api,
    url: api.url,
    keys,
    everything,
    complaints,
    makeKey,
    open,
    call,
    ask: (body: object, sent: Sent = {}) => call('/v1/ask', { body, ...sent }),
    asEvents: (body: object, sent: Sent = {}) =>
      call('/v1/ask', {
        body,
        ...sent,
        headers: { accept: 'text/event-stream', ...sent.headers },
      }),
    checked: contract.checked,
    async close() {
      await api.close();
      database.close();
    },
  };
}

async function read(response: Response): Promise<Answered> {
  const { status, headers } = response;
  const text = await response.text();
  const type = headers.get('content-type') ?? '';
  return {
    status,
    headers,
    text,
    json: type.includes('json') && text !== '' ? JSON.parse(text) : {},
    events: type.startsWith('text/event-stream') ? eventsIn(text) : [],
  };
}

/** The data of all events in a stream, without OpenAI's last word. */
export const eventsIn = (text: string): Record<string, unknown>[] =>
  text
    .split('\n\n')
    .filter((block) => block.startsWith('data: ') && block !== 'data: [DONE]')
    .map((block) => JSON.parse(block.slice('data: '.length)));
