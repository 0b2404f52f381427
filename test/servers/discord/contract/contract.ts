import { readFileSync } from 'node:fs';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { FieldError } from '../rest/errors.ts';
import type { OperationId } from './served.ts';

type Schema = object | boolean;
type Parameter = {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required?: boolean;
  readonly schema: Schema;
};
type Operation = {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly body?: Schema;
  readonly responses: Readonly<Record<string, Schema | null>>;
};
type ContractDocument = {
  readonly operations: Readonly<Record<OperationId, Operation>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
};

const contract = JSON.parse(
  readFileSync(new URL('contract.json', import.meta.url), 'utf8'),
) as ContractDocument;

const ajv = new Ajv2020({ strict: false, allErrors: true });
(addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
// Discord's own formats; their bounds stand in `pattern`, `minimum` and `maxLength` already.
for (const format of ['snowflake', 'nonce', 'int32', 'int64', 'locale', 'uint32', 'int53']) {
  ajv.addFormat(format, true);
}
ajv.addSchema({ $id: 'discord', components: contract.components });

/** Compiled on first use: the schemas of a message take a while. */
const compiled = new Map<Schema, ValidateFunction>();

function validator(schema: Schema): ValidateFunction {
  let found = compiled.get(schema);
  if (!found) {
    const text = JSON.stringify(schema).replaceAll('"#/components/', '"discord#/components/');
    found = ajv.compile(JSON.parse(text) as Schema);
    compiled.set(schema, found);
  }
  return found;
}

/** Marks a query parameter that the document does not name. */
export const UNKNOWN_QUERY = 'UNKNOWN_QUERY';

export type Matched = {
  readonly operation: OperationId;
  readonly params: Readonly<Record<string, string>>;
};

type Route = { readonly operation: OperationId; readonly method: string; readonly pattern: RegExp };

// Literal segments before parameters: `@original` is not a message id.
const routes: readonly Route[] = (Object.entries(contract.operations) as [OperationId, Operation][])
  .toSorted(([, a], [, b]) => a.path.split('{').length - b.path.split('{').length)
  .map(([operation, { method, path }]) => ({
    operation,
    method,
    pattern: new RegExp(`^${path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
  }));

/** The operation which a method and a path (below `/api/v10`) name. */
export function match(method: string, encoded: string): Matched | undefined {
  // discord.js escapes the @ of `@me` and `@original`.
  const path = encoded.replaceAll('%40', '@');
  for (const route of routes) {
    const found = route.method === method ? route.pattern.exec(path) : null;
    if (found) return { operation: route.operation, params: decoded(found.groups ?? {}) };
  }
  return undefined;
}

function decoded(groups: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]),
  );
}

/** Route template and method, as `PATCH /channels/{channel_id}`. */
export function template(operation: OperationId): string {
  const { method, path } = contract.operations[operation];
  return `${method} ${path}`;
}

/** What in a request does not match Discord's document. */
export function requestErrors(
  { operation, params }: Matched,
  query: URLSearchParams,
  body: unknown,
): FieldError[] {
  const { parameters, body: schema } = contract.operations[operation];
  const errors: FieldError[] = [];
  for (const { name, in: place, required, schema: expected } of parameters) {
    const text = place === 'path' ? params[name] : (query.get(name) ?? undefined);
    if (text === undefined) {
      if (required)
        errors.push({ path: [name], code: 'BASE_TYPE_REQUIRED', message: 'is missing' });
    } else errors.push(...failures(expected, typed(text, expected), [name]));
  }
  const known = new Set(parameters.filter((one) => one.in === 'query').map(({ name }) => name));
  for (const name of query.keys()) {
    if (!known.has(name))
      errors.push({ path: [name], code: UNKNOWN_QUERY, message: 'is not a parameter' });
  }
  if (schema !== undefined) errors.push(...failures(schema, body, []));
  return errors;
}

/** What in an answer of ours does not match Discord's document. */
export function responseErrors(operation: OperationId, status: number, body: unknown): string[] {
  if (status < 200 || status > 299) {
    const name = status === 429 ? 'RatelimitedResponse' : undefined;
    if (!name) return [];
    return failures({ $ref: `#/components/schemas/${name}` }, body, []).map(describe);
  }
  const schema = contract.operations[operation].responses[String(status)];
  if (schema === undefined) return [`${operation} never answers ${status}`];
  if (schema === null)
    return body === undefined ? [] : [`${operation} answers ${status} without a body`];
  return failures(schema, body, []).map(describe);
}

/** Whether a value matches one of the document's named schemas; what does not. */
export function schemaErrors(name: string, value: unknown): string[] {
  return failures({ $ref: `#/components/schemas/${name}` }, value, []).map(describe);
}

function describe({ path, message }: FieldError): string {
  return `${path.join('.') || 'body'} ${message}`;
}

/** Path and query arrive as text. */
function typed(text: string, schema: Schema): unknown {
  const type = typeof schema === 'object' && 'type' in schema ? [schema.type].flat() : [];
  if (type.includes('integer') && /^-?\d+$/.test(text)) return Number(text);
  if (type.includes('boolean') && /^(true|false)$/.test(text)) return text === 'true';
  return text;
}

function failures(schema: Schema, value: unknown, path: readonly string[]): FieldError[] {
  const validate = validator(schema);
  if (validate(value)) return [];
  return telling(validate.errors ?? []).map((error) => ({
    path: [...path, ...error.instancePath.split('/').slice(1)],
    code: `BASE_TYPE_${error.keyword.toUpperCase()}`,
    message: `${error.message ?? 'is wrong'}${bound(error)}`,
  }));
}

/** Of a union, every alternative complains: keep what is wrong deepest inside the one that was meant. */
function telling(errors: readonly ErrorObject[]): ErrorObject[] {
  const union = new Set(['oneOf', 'anyOf', 'allOf', 'false schema', 'discriminator', 'if']);
  const meant = errors.filter(
    (error) =>
      !union.has(error.keyword) &&
      !(error.instancePath.endsWith('/type') || error.instancePath === '/type') &&
      !(error.keyword === 'type' && error.params['type'] === 'null'),
  );
  const kept = meant.length > 0 ? meant : [...errors];
  const deepest = Math.max(...kept.map((error) => error.instancePath.split('/').length));
  return kept.filter((error) => error.instancePath.split('/').length === deepest).slice(0, 5);
}

function bound(error: ErrorObject): string {
  return error.keyword === 'enum' ? ` (${JSON.stringify(error.params['allowedValues'])})` : '';
}
