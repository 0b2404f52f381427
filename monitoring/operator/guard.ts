import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { openPaths } from './health.ts';

/** Nothing from elsewhere, nothing inline, no scripts at all, nowhere to be framed. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "style-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const securityHeaders = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  // Without any referrer browsers would not say where a form was sent from.
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'cache-control': 'no-store',
};

/**
 * Lets in whoever holds the token, as a bearer or as the password of a browser's own dialogue; without a token, whoever
 * asks for this machine by its own name. Requests that another page makes are refused either way: browsers send along a
 * password that they know.
 *
 * @param port asked at each request, since a port of 0 is only known once listening
 */
export function guard(
  app: FastifyInstance,
  { token, port }: { readonly token: string | null; readonly port: () => number },
): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders);
    if (openPaths.has(request.routeOptions.url ?? '')) return;
    const foreign = fromElsewhere(request);
    if (foreign !== null) {
      await refuse(reply, 403, foreign);
    } else if (token === null) {
      if (!namesThisMachine(request, port())) {
        await refuse(reply, 403, 'This address is not the operator’s page (Host header).');
      }
    } else if (!isToken(request.headers.authorization, token)) {
      reply.header('www-authenticate', 'Basic realm="Understudy", charset="UTF-8"');
      await refuse(
        reply,
        401,
        'This needs OPERATOR_TOKEN: as the password here, or as Authorization: Bearer ….',
      );
    }
  });
}

const refuse = (reply: FastifyReply, status: number, why: string) =>
  reply.code(status).type('text/plain; charset=utf-8').send(`${why}\n`);

function fromElsewhere({ method, headers }: FastifyRequest): string | null {
  const site = headers['sec-fetch-site'];
  if (typeof site === 'string' && site !== 'same-origin' && site !== 'none') {
    // Following a link to the page from elsewhere is fine; it changes nothing and shows nothing to them.
    const followed =
      method === 'GET' &&
      headers['sec-fetch-mode'] === 'navigate' &&
      headers['sec-fetch-dest'] === 'document';
    return followed ? null : 'Another site may not talk to the operator’s page (Sec-Fetch-Site).';
  }
  const { origin, host } = headers;
  if (origin === undefined) return null;
  // Only the host: a proxy in front may speak TLS for us.
  const from = URL.canParse(origin) ? new URL(origin).host : '';
  return from === host?.toLowerCase()
    ? null
    : 'Another page may not talk to the operator’s page (Origin header).';
}

function namesThisMachine({ headers: { host = '' } }: FastifyRequest, port: number): boolean {
  const names = ['127.0.0.1', 'localhost', '[::1]'];
  // Browsers leave out the port that plain HTTP has anyway.
  const own = names.flatMap((name) => [`${name}:${port}`, ...(port === 80 ? [name] : [])]);
  return own.includes(host.toLowerCase());
}

/** Takes as long whatever the two have in common. */
function isToken(authorization: string | undefined, token: string): boolean {
  const [, scheme = '', credentials = ''] = /^(\w+) +(\S+)$/u.exec(authorization ?? '') ?? [];
  const given = scheme.toLowerCase() === 'basic' ? passwordIn(credentials) : credentials;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const known = scheme !== '' && ['basic', 'bearer'].includes(scheme.toLowerCase());
  return timingSafeEqual(digest(given), digest(token)) && known;
}

/** The user's name may be anything. */
function passwordIn(credentials: string): string {
  const text = Buffer.from(credentials, 'base64').toString('utf8');
  return text.slice(text.indexOf(':') + 1);
}
