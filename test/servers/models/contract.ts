import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Contract } from './trim-contract.ts';

export type Checked = {
  /** What is wrong with the body of a request (`POST /embed`), in words; empty when nothing is. */
  bodyErrors(operation: string, body: unknown): readonly string[];
  /** What is wrong with a reply, in words; a status that the document does not name is wrong. */
  replyErrors(operation: string, status: number, type: string, body: unknown): readonly string[];
  /** Names of the body's properties that the document does not have: servers skip those in silence. */
  unknownIn(operation: string, body: object): readonly string[];
};

/** A trimmed contract, ready to hold requests and replies against. */
export function openContract(file: URL): Checked {
  const contract = JSON.parse(readFileSync(file, 'utf8')) as Contract;
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
  ajv.addSchema({ $id: 'contract', components: contract.components });
  const compiled = new Map<object, ValidateFunction>();
  const validator = (schema: object): ValidateFunction => {
    let found = compiled.get(schema);
    if (!found) {
      const text = JSON.stringify(schema).replaceAll('"#/components/', '"contract#/components/');
      found = ajv.compile(JSON.parse(text) as object);
      compiled.set(schema, found);
    }
    return found;
  };
  const errors = (schema: object, value: unknown): readonly string[] => {
    const validate = validator(schema);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message }) => `${instancePath.slice(1).replaceAll('/', '.')}: ${message}`,
    );
  };
  return {
    bodyErrors: (operation, body) => {
      const schema = contract.operations[operation]?.body;
      return schema ? errors(schema, body) : [];
    },
    replyErrors: (operation, status, type, body) => {
      const reply = contract.operations[operation]?.responses[status];
      if (!reply) return [`${operation} never answers ${status}`];
      const schema = reply[type];
      if (schema) return errors(schema, body);
      return Object.keys(reply).length === 0 ? [] : [`${operation} never answers ${type}`];
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
