/**
 * Cuts the operations that our test servers serve, and the schemas those reach, out of the OpenAPI document that a
 * server's project publishes (TGI and TEI: `docs/openapi.json`, Qdrant: `docs/redoc/master/openapi.json` of their
 * repositories):
 *
 *   node test/servers/models/trim-contract.ts tgi|tei|qdrant <openapi.json> && npm run fix
 */
import { readFileSync, writeFileSync } from 'node:fs';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Node = { [key: string]: Json };

/** Prose, and defaults that these documents write as strings (`"default": "null"`). */
const SAYS_NOTHING = new Set(['description', 'example', 'default', 'summary', 'title']);

/** `POST /embed` … */
export const SERVED = {
  tgi: [
    'GET /info',
    'GET /health',
    'GET /v1/models',
    'POST /v1/chat/completions',
    'POST /chat_tokenize',
    'POST /tokenize',
  ],
  tei: [
    'GET /info',
    'GET /health',
    'POST /embed',
    'POST /rerank',
    'POST /tokenize',
    'POST /v1/embeddings',
  ],
  qdrant: [
    'GET /',
    'GET /metrics',
    'GET /healthz',
    'GET /livez',
    'GET /readyz',
    'GET /collections',
    'GET /collections/{collection_name}',
    'PUT /collections/{collection_name}',
    'PATCH /collections/{collection_name}',
    'DELETE /collections/{collection_name}',
    'GET /collections/{collection_name}/exists',
    'GET /collections/{collection_name}/aliases',
    'PUT /collections/{collection_name}/index',
    'DELETE /collections/{collection_name}/index/{field_name}',
    'POST /collections/aliases',
    'GET /aliases',
    'GET /collections/{collection_name}/points/{id}',
    'POST /collections/{collection_name}/points',
    'PUT /collections/{collection_name}/points',
    'POST /collections/{collection_name}/points/delete',
    'PUT /collections/{collection_name}/points/vectors',
    'POST /collections/{collection_name}/points/vectors/delete',
    'POST /collections/{collection_name}/points/payload',
    'PUT /collections/{collection_name}/points/payload',
    'POST /collections/{collection_name}/points/payload/delete',
    'POST /collections/{collection_name}/points/payload/clear',
    'POST /collections/{collection_name}/points/batch',
    'POST /collections/{collection_name}/points/scroll',
    'POST /collections/{collection_name}/points/count',
    'POST /collections/{collection_name}/points/query',
    'POST /collections/{collection_name}/points/query/batch',
    'POST /collections/{collection_name}/points/query/groups',
    'POST /collections/{collection_name}/facet',
  ],
} as const;

export type Operation = {
  readonly body?: object;
  /** Parameters after the question mark, by name; absent where the document names none. */
  readonly query?: Readonly<Record<string, object>>;
  /** By status: the schema of each content type. */
  readonly responses: Readonly<Record<string, Readonly<Record<string, object>>>>;
};

export type Contract = {
  readonly source: string;
  readonly operations: Readonly<Record<string, Operation>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
};

/** The contract of these operations as JSON Schema 2020-12; throws when the document lacks one. */
export function trim(document: object, served: readonly string[]): Contract {
  const whole = document as Node;
  const schemas = at(whole, 'components', 'schemas');
  const kept: Node = {};
  const keep = (name: string): Json => {
    if (!(name in kept)) {
      kept[name] = null;
      kept[name] = cut(schemas[name] ?? null, keep);
    }
    return { $ref: `#/components/schemas/${name}` };
  };
  const operations = Object.fromEntries(
    served.map((name) => {
      const [method = '', path = ''] = name.split(' ');
      const operation = at(whole, 'paths', path, method.toLowerCase());
      const body = operation['requestBody']
        ? cut(at(operation, 'requestBody', 'content', 'application/json', 'schema'), keep)
        : undefined;
      const query = parameters(operation, keep);
      return [
        name,
        {
          ...(body !== undefined && { body }),
          ...(Object.keys(query).length > 0 && { query }),
          responses: replies(operation, keep),
        },
      ];
    }),
  );
  const { title, version } = at(whole, 'info');
  const components = { schemas: Object.fromEntries(Object.entries(kept).sort()) };
  return { source: `${title} ${version}`, operations, components } as unknown as Contract;
}

type Keep = (name: string) => Json;

function parameters(operation: Node, keep: Keep): Node {
  const named = ((operation['parameters'] ?? []) as Node[]).filter((one) => one['in'] === 'query');
  return Object.fromEntries(
    named.map((one) => [one['name'] as string, cut(one['schema'] ?? true, keep)]),
  );
}

function replies(operation: Node, keep: Keep): Node {
  return Object.fromEntries(
    Object.entries(at(operation, 'responses')).map(([status, reply]) => {
      const content = ((reply as Node)['content'] ?? {}) as Node;
      const types = Object.entries(content).map(([type, said]) => [
        type,
        cut((said as Node)['schema'] ?? true, keep),
      ]);
      return [status, Object.fromEntries(types)];
    }),
  );
}

/** OpenAPI 3.0 to JSON Schema: references kept, prose dropped, `nullable` spelled out. */
function cut(value: Json, keep: Keep): Json {
  if (Array.isArray(value)) return value.map((one) => cut(one, keep));
  if (value === null || typeof value !== 'object') return value;
  const reference = value['$ref'];
  if (typeof reference === 'string') return keep(reference.split('/').at(-1) ?? '');
  const { nullable, discriminator: _, ...said } = value;
  const schema = Object.fromEntries(
    Object.entries(said)
      // A property may be called `description` too: prose is no object.
      .filter(([key, one]) => !SAYS_NOTHING.has(key) || isNode(one))
      // Serde takes the first alternative that fits, however many do.
      .map(([key, one]) => [key === 'oneOf' ? 'anyOf' : key, cut(one, keep)]),
  );
  if (nullable !== true) return schema;
  // Rust's schemas spell `Option` as an alternative that says nothing else.
  if (Object.keys(schema).length === 0) return { type: 'null' };
  return typeof schema['type'] === 'string'
    ? { ...schema, type: [schema['type'], 'null'] }
    : { anyOf: [schema, { type: 'null' }] };
}

function isNode(value: Json): boolean {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function at(node: Node, ...keys: string[]): Node {
  let found: Json | undefined = node;
  for (const key of keys) found = (found as Node | undefined)?.[key];
  if (!found) throw new Error(`The document has no ${keys.join(' ')}`);
  return found as Node;
}

if (import.meta.main) {
  const [which, file] = process.argv.slice(2);
  if ((which !== 'tgi' && which !== 'tei' && which !== 'qdrant') || !file) {
    throw new Error(
      'Say whose contract, and where the whole document lies: tgi|tei|qdrant <openapi.json>',
    );
  }
  const contract = trim(JSON.parse(readFileSync(file, 'utf8')), SERVED[which]);
  const target = new URL(`../${which}/contract.json`, import.meta.url);
  writeFileSync(target, `${JSON.stringify(contract, null, 1)}\n`);
}
