import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How one path answers: a fixed text, or whatever a function does with the response. */
export type Answer = string | Respond;
export type Respond = (request: IncomingMessage, response: ServerResponse) => void;

/** A web server on the loopback address, for crawlers to be tried on. */
export type WebServer = {
  readonly url: string;
  readonly host: string;
  /** Every request, in order. */
  readonly requests: { readonly path: string; readonly headers: IncomingMessage['headers'] }[];
  /** Paths answer 404 until they are set. */
  readonly set: (path: string, answer: Answer, contentType?: string) => void;
  readonly close: () => Promise<void>;
};

export async function startWebServer(): Promise<WebServer> {
  const answers = new Map<string, { readonly answer: Answer; readonly contentType: string }>();
  const requests: WebServer['requests'] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    requests.push({ path, headers: request.headers });
    const found = answers.get(path);
    if (!found) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('not here');
    } else if (typeof found.answer === 'string') {
      response.writeHead(200, { 'content-type': found.contentType }).end(found.answer);
    } else {
      found.answer(request, response);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const host = `127.0.0.1:${port}`;
  return {
    url: `http://${host}`,
    host,
    requests,
    set: (path, answer, contentType = 'text/html; charset=utf-8') => {
      answers.set(path, { answer, contentType });
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Answers with a redirect. */
export function redirect(location: string, status = 302): Respond {
  return (_request, response) => void response.writeHead(status, { location }).end();
}

/** Answers with a status and headers, and a short body. */
export function status(code: number, headers: Readonly<Record<string, string>> = {}): Respond {
  return (_request, response) =>
    void response.writeHead(code, { 'content-type': 'text/html', ...headers }).end('status');
}

/** Answers 304 to whoever knows this version already. */
export function versioned(etag: string, body: string, contentType = 'text/html'): Respond {
  return (request, response) => {
    if (request.headers['if-none-match'] === etag) response.writeHead(304, { etag }).end();
    else response.writeHead(200, { etag, 'content-type': contentType }).end(body);
  };
}

/** An article page with enough text to be one. */
export function articlePage(title: string, body: string, head = ''): string {
  const filler =
    'The quick brown fox jumps over the lazy dog, and then it sits down to think about why it did so. ';
  return `<!doctype html><html lang="en"><head><title>${title}</title>${head}</head><body>
    <nav><a href="/">Home</a> <a href="/about">About</a></nav>
    <article><h1>${title}</h1>${body}<p>${filler.repeat(3)}</p><p>${filler.repeat(3)}</p></article>
    <footer>Cookies and imprint</footer></body></html>`;
}
