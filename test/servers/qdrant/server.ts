import { type Checked, openContract } from '../models/contract.ts';
import { type Logged, listen, type Reply } from '../models/listening.ts';
import { openCatalogue } from './engine/catalogue.ts';
import { isUuid } from './engine/ids.ts';
import { momentOf } from './engine/moments.ts';
import { openRanking } from './engine/ranking.ts';
import { Refusal } from './engine/refusal.ts';
import { type Fault, openFaults } from './faults.ts';
import { openAllowance } from './http/allowance.ts';
import { refusedAt } from './http/door.ts';
import { HANDLERS } from './http/operations.ts';
import { Bare, Plain, type Served } from './http/request.ts';
import { matched } from './http/routes.ts';
import type { QdrantOptions, QdrantServer } from './types.ts';

export { broken, rateLimited } from './faults.ts';
export type * from './types.ts';

const contract: Checked = openContract(new URL('contract.json', import.meta.url), {
  closed: true,
  formats: { uuid: isUuid, 'date-time': (text) => momentOf(text) !== undefined },
});

type Answer = {
  readonly status: number;
  readonly body: object | string;
  readonly headers?: Readonly<Record<string, string>>;
};

/**
 * A Qdrant 1.19 on the loopback address, in memory, without approximation: every search is exact.
 *
 * Requests are held to Qdrant's own OpenAPI document, and more: a field that it does not name is refused, where the real
 * server mostly skips it. What it carries out it carries out as the real server's source says; what it does not serve
 * (multivectors, places on earth, recommendations, shards, snapshots …) it answers with 501, and never with a guess.
 *
 * - Misbehaviour: `misbehave(fault, {on, times, after})`, `behave`, `down`, `up`; what is stored survives all of them.
 * - What was understood: `collection(name)`, `collections`, `aliases`; what came in, and how each reply ended: `requests`.
 * - Equal scores stand in another order in every reply, because the real server promises none.
 * - A write that is not waited for is done at the next turn of the event loop: a read at once may not see it.
 */
export async function startQdrant(options: QdrantOptions = {}): Promise<QdrantServer> {
  const { version = '1.19.0', payloadLimit = 32 * 2 ** 20 } = options;
  const violations: string[] = [];
  const faults = openFaults();
  const catalogue = openCatalogue(options.strictMode);
  const served: Served = {
    catalogue,
    version,
    ranking: openRanking(options.ties ?? 'shuffled'),
    allow: openAllowance(options.now ?? Date.now),
    refusedLater: (failure) => {
      violations.push(failure instanceof Error ? failure.message : String(failure));
    },
  };

  function answer(request: Logged): Answer {
    const { method, path, query, body } = request;
    const door = refusedAt(request, options);
    if (door) return { status: door.status, body: door.text };
    const found = matched(method, path);
    if (!found) return { status: 404, body: '' };
    if (Number(request.headers['content-length'] ?? 0) > payloadLimit) {
      const limit = `JSON payload (${request.headers['content-length']} bytes) is larger than allowed (limit: ${payloadLimit} bytes).`;
      return { status: 413, body: wrapped(null, { error: limit }) };
    }
    const [wrongQuery] = contract.queryErrors(found.operation, query);
    if (wrongQuery !== undefined) return malformed(`query parameters: ${wrongQuery}`);
    const [wrong] = contract.bodyErrors(found.operation, body);
    if (wrong !== undefined) return malformed(`JSON body: ${wrong}`);
    try {
      const result = HANDLERS[found.operation]({ params: found.params, query, body }, served);
      if (result instanceof Plain) return { status: 200, body: result.text };
      const reply = result instanceof Bare ? result.body : wrapped(result, 'ok');
      const unlike = contract.replyErrors(found.operation, 200, 'application/json', reply);
      violations.push(...unlike.map((one) => `${found.operation} answers ${one}`));
      return { status: 200, body: reply };
    } catch (failure) {
      if (!(failure instanceof Refusal)) throw failure;
      const { status, message, retryAfter } = failure;
      const headers = retryAfter === undefined ? {} : { 'retry-after': `${retryAfter}` };
      return { status, headers, body: wrapped(null, { error: message }) };
    }
  }

  const listening = await listen(async (request, reply) => {
    const met = faults.meets(request.method, request.path);
    const has = <K extends Fault['kind']>(kind: K) =>
      met.find((fault): fault is Extract<Fault, { kind: K }> => fault.kind === kind);
    const [wait, hang, cut] = [has('wait'), has('hang'), has('cut')];
    if (wait && !wait.done) await wait.gate;
    const scripted = has('status');
    if (scripted) {
      const { status, headers, body = { status: { error: 'scripted' }, time: 0 } } = scripted;
      return send(request, reply, { status, body: body as object, ...(headers && { headers }) });
    }
    if (hang && !hang.done) return;
    if (cut && !cut.done) return reply.cut();
    if (has('twice')) answer(request);
    const said = answer(request);
    if (wait?.done) await wait.gate;
    if (hang) return;
    if (cut) return reply.cut();
    const other = has('reply');
    if (has('garbage'))
      return send(request, reply, { status: 200, body: '{"result":{"points":[{' });
    if (other) return send(request, reply, { status: 200, body: other.body as object });
    if (has('half')) return await sendHalf(request, reply, said);
    send(request, reply, said);
  }, options);

  return {
    ...listening,
    violations,
    misbehave: faults.misbehave,
    behave: faults.behave,
    collections: catalogue.names,
    aliases: () =>
      Object.fromEntries(
        catalogue.aliases().map(({ alias_name: alias, collection_name: name }) => [alias, name]),
      ),
    collection: (name) => {
      if (!catalogue.exists(name)) return undefined;
      const { points, payloadIndexes, config } = catalogue.open(name);
      return {
        points: Array.from(points.values(), ({ id, payload, vectors }) => ({
          id,
          payload,
          vectors,
        })),
        indexes: Object.fromEntries(
          Array.from(payloadIndexes, ([field, { kind }]) => [field, kind]),
        ),
        metadata: config.metadata,
      };
    },
  };
}

/** The server that `QDRANT_URL` names (with `QDRANT_API_KEY`), which nobody here stops, or one of its own. */
export async function qdrantForTests(): Promise<{
  readonly url: string;
  readonly apiKey: string | undefined;
  stop(): Promise<void>;
}> {
  const url = process.env['QDRANT_URL'];
  if (url) return { url, apiKey: process.env['QDRANT_API_KEY'], stop: async () => {} };
  const server = await startQdrant();
  return { url: server.url, apiKey: undefined, stop: server.close };
}

/** What cannot be read is 400; what can be and is out of bounds is 422 (`validation_error_handler`). */
function malformed(what: string): Answer {
  const [place = '', said = ''] = what.split(/: (.*)/u);
  if (/must be [<>]=? |must NOT have (?:fewer|more) than /u.test(said)) {
    return {
      status: 422,
      body: wrapped(null, { error: `Validation error in ${place}: [${said}]` }),
    };
  }
  return { status: 400, body: wrapped(null, { error: `Format error in ${what}` }) };
}

function wrapped(result: unknown, status: 'ok' | { readonly error: string }): object {
  return { ...(status === 'ok' && { result }), status, time: 0.000_01 };
}

function send(request: Logged, { response }: Reply, { status, body, headers }: Answer): void {
  request.status = status;
  response.writeHead(status, { 'content-type': typeOf(body), ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

async function sendHalf(request: Logged, reply: Reply, { status, body }: Answer): Promise<void> {
  request.status = status;
  const whole = typeof body === 'string' ? body : JSON.stringify(body);
  reply.response.writeHead(status, {
    'content-type': typeOf(body),
    'content-length': Buffer.byteLength(whole),
  });
  await new Promise((sent) => {
    reply.response.write(whole.slice(0, whole.length / 2), sent);
  });
  reply.cut();
}

function typeOf(body: object | string): string {
  return typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json';
}
