import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import type { Api } from '../app.ts';
import { readableComponents } from '../openapi.ts';

/** Nothing from elsewhere, nothing inline. Swagger UI draws its icons as `data:` images. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * `GET /openapi.json` and `/docs`. To be called before the routes that it describes are declared.
 *
 * @param version of the code, as the document's
 */
export async function serveDocs(
  app: Api,
  { twin, version }: { readonly twin: string; readonly version: string },
): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Understudy',
        version,
        description: introduction(twin),
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/' }],
      tags: [
        { name: 'answers', description: 'Ask, and say how it was.' },
        { name: 'writing', description: 'What the twin answers from.' },
        { name: 'openai', description: 'The same answers in OpenAI’s chat protocol.' },
        { name: 'operation', description: 'Probes and metrics.' },
      ],
      components: {
        securitySchemes: {
          key: {
            type: 'http',
            scheme: 'bearer',
            description: 'A key that `understudy keys create` made: usk_…',
          },
        },
      },
      security: [{ key: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: readableComponents,
  });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: contentSecurityPolicy,
    theme: { title: 'Understudy API' },
    uiConfig: { layout: 'BaseLayout', deepLinking: true, persistAuthorization: false },
  });
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
}

const introduction = (
  twin: string,
) => `The twin “${twin}” over HTTP: questions answered from its author’s writing, with citations.

Every request but the probes needs a key in the header \`Authorization: Bearer usk_…\`; each route names the scope that the key must have. What a key may see is what the access rules, the key itself and the request allow, all three.

Every response carries \`X-Request-Id\`, yours where you sent a usable one. A key’s requests are counted by the minute (\`RateLimit-Limit\`, \`RateLimit-Remaining\`, \`RateLimit-Reset\` in seconds), its questions besides, as any person’s. With 429 and 503 comes \`Retry-After\`, in seconds.

Failures are \`application/problem+json\` with a stable \`code\`; on the routes of OpenAI’s protocol they have OpenAI’s shape.`;
