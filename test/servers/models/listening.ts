import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';

/** One request as it came in, and how its reply ended. */
export type Logged = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Parsed JSON; the text where it is none; undefined without a body. */
  readonly body: unknown;
  /** Null until the reply began. */
  status: number | null;
  /** `left`: the client closed the connection first; `cut`: the server did. */
  ended: 'open' | 'done' | 'left' | 'cut';
};

export type Listening = {
  readonly url: string;
  /** Every request, in order. */
  readonly requests: readonly Logged[];
  /** Connections that are open now, idle ones included. */
  connections(): number;
  /** Requests whose reply has not ended: 0 once every stream is closed. */
  open(): number;
  /** Waits until something is so; throws with the last requests where it never is. */
  until(condition: () => boolean, timeoutMs?: number): Promise<void>;
  /** Refuses connections, and ends those there are; `up` listens on the same port again. */
  down(): Promise<void>;
  up(): Promise<void>;
  close(): Promise<void>;
};

export type Reply = {
  readonly response: ServerResponse;
  /** Destroys the connection; the log calls that `cut`. */
  cut(): void;
};

export type ListenOptions = {
  /** A free one when absent. */
  readonly port?: number;
  /** How many requests the log keeps; all of them when absent. */
  readonly remembers?: number;
};

/** A server on the loopback address that logs and counts; `answer` says the rest. */
export async function listen(
  answer: (request: Logged, reply: Reply) => Promise<void>,
  { port: wanted = 0, remembers = Number.POSITIVE_INFINITY }: ListenOptions = {},
): Promise<Listening> {
  const requests: Logged[] = [];
  const sockets = new Set<Socket>();
  const open = () => requests.filter(({ ended }) => ended === 'open').length;

  const server = createServer((incoming, response) => {
    const parts: Buffer[] = [];
    incoming.on('data', (part: Buffer) => parts.push(part));
    incoming.on('end', () => {
      const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://loopback');
      const request: Logged = {
        method: incoming.method ?? '',
        path: pathname,
        query: searchParams,
        headers: incoming.headers,
        body: bodyOf(Buffer.concat(parts).toString()),
        status: null,
        ended: 'open',
      };
      requests.push(request);
      if (requests.length > remembers) requests.shift();
      response.on('close', () => {
        if (request.ended === 'open') request.ended = response.writableFinished ? 'done' : 'left';
      });
      const cut = () => {
        request.ended = 'cut';
        response.destroy();
      };
      answer(request, { response, cut }).catch((failure: unknown) => {
        // A mistake of this server itself: the test is to see it instead of an error that it may expect.
        process.emitWarning(failure instanceof Error ? failure : String(failure));
        cut();
      });
    });
  });
  server.keepAliveTimeout = 60_000;
  server.on('connection', (socket) => {
    sockets.add(socket.setNoDelay());
    socket.on('close', () => sockets.delete(socket));
  });
  const listenOn = async (port: number): Promise<number> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const down = async () => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  const port = await listenOn(wanted);
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    connections: () => sockets.size,
    open,
    until: async (condition, timeoutMs = 10_000) => {
      const lastMs = performance.now() + timeoutMs;
      while (!condition()) {
        if (performance.now() > lastMs) {
          throw new Error(`Waited in vain. Requests so far:\n${said(requests)}`);
        }
        await setTimeout(2);
      }
    },
    down,
    up: async () => void (await listenOn(port)),
    close: down,
  };
}

function bodyOf(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function said(requests: readonly Logged[]): string {
  return requests
    .slice(-15)
    .map(({ method, path, status, ended }) => `  ${method} ${path} → ${status ?? '-'} (${ended})`)
    .join('\n');
}
