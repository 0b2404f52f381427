import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Nothing from elsewhere, nothing inline, nowhere to be framed; HTML enters the page by one named policy. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types rendered-by-server',
].join('; ');

const securityHeaders = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'cache-control': 'no-store',
};

/**
 * Keeps other pages out. The server listens on the loopback address only, but every page open in this
 * machine's browser can reach that: a foreign name pointed at 127.0.0.1 fails on `Host`, a foreign page's
 * request on `Origin` or `Sec-Fetch-Site`.
 *
 * @param port asked at each request, since a port of 0 is only known once listening
 */
export function guard(app: FastifyInstance, port: () => number): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders);
    const refused = reasonToRefuse(request, port());
    if (refused !== null) {
      await reply.code(403).send({ code: 'web.refused', message: refused });
    }
  });
}

function reasonToRefuse(request: FastifyRequest, port: number): string | null {
  const hosts = ['127.0.0.1', 'localhost', '[::1]'].map((name) => `${name}:${port}`);
  const { host, origin } = request.headers;
  if (host === undefined || !hosts.includes(host.toLowerCase())) {
    return 'This address is not the playground’s own (Host header).';
  }
  if (origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`) {
    return 'Another page may not talk to the playground (Origin header).';
  }
  const site = request.headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return null;
  // Following a link to the page from elsewhere is fine; it carries nothing and shows nothing to them.
  const followed =
    request.method === 'GET' &&
    request.url === '/' &&
    request.headers['sec-fetch-mode'] === 'navigate' &&
    request.headers['sec-fetch-dest'] === 'document';
  return followed ? null : 'Another site may not talk to the playground (Sec-Fetch-Site header).';
}
