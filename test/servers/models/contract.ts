import { readFileSync } from 'node:fs';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Contract } from './trim-contract.ts';

export type Checked = {
  /** What is wrong with the body of a request (`POST /embed`), in words; empty when nothing is. */
  bodyErrors(operation: string, body: unknown): readonly string[];
  /** What is wrong with a reply, in words; a status that the document does not name is wrong. */
  replyErrors(operation: string, status: number, type: string, body: unknown): readonly string[];
  /** What is wrong with the parameters after the question mark. */
  queryErrors(operation: string, query: URLSearchParams): readonly string[];
  /** Names of the body's properties that the document does not have: servers skip those in silence. */
  unknownIn(operation: string, body: object): readonly string[];
};

type Options = {
  /** Objects have the properties that the document names, and no others; otherwise unknown ones pass. */
  readonly closed?: boolean;
  /** Formats that the server reads otherwise than the document's words for them mean. */
  readonly formats?: Readonly<Record<string, (text: string) => boolean>>;
};

/** A trimmed contract, ready to hold requests and replies against. */
export function openContract(file: URL, { closed = false, formats = {} }: Options = {}): Checked {
  const written = JSON.parse(readFileSync(file, 'utf8')) as Contract;
  const contract = closed ? (shut(written) as Contract) : written;
  // Most of what comes is right, and long: what is wrong with the rest is looked for only then.
  const quick = validators(contract, formats, false);
  const telling = validators(contract, formats, true);
  const errors = (schema: object, value: unknown): readonly string[] => {
    if (quick(schema)(value)) return [];
    const validate = telling(schema);
    validate(value);
    const found = validate.errors ?? [];
    return (closed ? deepestFirst(found) : found).map(
      ({ instancePath, message, params }) =>
        `${instancePath.slice(1).replaceAll('/', '.')}: ${message}${named(params)}`,
    );
  };
  return {
    bodyErrors: (operation, body) => {
      const schema = contract.operations[operation]?.body;
      return schema ? errors(schema, body) : [];
    },
    replyErrors: (operation, status, type, body) => {
      const replies = contract.operations[operation]?.responses;
      const reply = replies?.[status] ?? replies?.[`${`${status}`[0]}XX`] ?? replies?.['default'];
      if (!reply) return [`${operation} never answers ${status}`];
      const schema = reply[type];
      if (schema) return errors(schema, body);
      return Object.keys(reply).length === 0 ? [] : [`${operation} never answers ${type}`];
    },
    queryErrors: (operation, query) => {
      const known = contract.operations[operation]?.query ?? {};
      return Array.from(query).flatMap(([name, text]) => {
        const schema = known[name];
        if (schema === undefined) return [`${name}: is not a parameter`];
        // Parameters arrive as text: what is a number or a boolean as JSON may be meant so.
        const meant = /^(?:true|false|\d+)$/u.test(text) ? (JSON.parse(text) as unknown) : text;
        const wrong = errors(schema, meant);
        return wrong.length === 0 || errors(schema, text).length === 0
          ? []
          : wrong.map((one) => `${name}${one}`);
      });
    },
    unknownIn: (operation, body) => {
      const schema = contract.operations[operation]?.body as
        | { $ref?: string; properties?: object }
        | undefined;
      const name = schema?.$ref?.split('/').at(-1) ?? '';
      const named = (contract.components.schemas[name] ?? schema) as { properties?: object };
      return Object.keys(body).filter((key) => !(key in (named.properties ?? {})));
    },
  };
}

function validators(
  contract: Contract,
  formats: NonNullable<Options['formats']>,
  allErrors: boolean,
): (schema: object) => ValidateFunction {
  const ajv = new Ajv2020({ strict: false, allErrors, unevaluated: false });
  (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
  // Rust's own formats; their bounds stand in `minimum` already.
  for (const format of ['uint', 'uint8', 'uint32', 'uint64']) ajv.addFormat(format, true);
  for (const [format, reads] of Object.entries(formats)) ajv.addFormat(format, reads);
  ajv.addSchema({ $id: 'contract', components: contract.components });
  const compiled = new Map<object, ValidateFunction>();
  return (schema) => {
    let found = compiled.get(schema);
    if (!found) {
      const text = JSON.stringify(schema).replaceAll('"#/components/', '"contract#/components/');
      found = ajv.compile(JSON.parse(text) as object);
      compiled.set(schema, found);
    }
    return found;
  };
}

function shut(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shut);
  if (value === null || typeof value !== 'object') return value;
  const inside = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shut(one)]));
  const isSchema = 'properties' in inside && inside['type'] === 'object';
  return isSchema && !('additionalProperties' in inside)
    ? { ...inside, additionalProperties: false }
    : inside;
}

/** Of a union every alternative complains: what is wrong deepest inside is most likely what was meant. */
function deepestFirst(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const depth = ({ instancePath }: ErrorObject) => instancePath.split('/').length;
  const isUnion = ({ keyword, params }: ErrorObject) =>
    keyword === 'anyOf' || (keyword === 'type' && params['type'] === 'null');
  return errors.toSorted((a, b) => depth(b) - depth(a) || Number(isUnion(a)) - Number(isUnion(b)));
}

function named(params: Readonly<Record<string, unknown>>): string {
  const unknown = params['additionalProperty'];
  return typeof unknown === 'string' ? ` (${unknown})` : '';
}
