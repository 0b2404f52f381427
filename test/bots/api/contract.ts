import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect } from 'vitest';

type Media = { readonly schema: object };
type Operation = {
  readonly operationId: string;
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, Media>> }>
  >;
};
export type OpenApi = {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
};

export type Answered = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body; empty where there is none or it is no JSON. */
  readonly json: Record<string, unknown>;
  /** The data of server-sent events. */
  readonly events: readonly Record<string, unknown>[];
};

/** Holds every response to what the OpenAPI document says of its route. */
export type Contract = {
  check(method: string, url: string, answered: Answered): void;
  /** What was checked, as `ask 200 application/json`. */
  readonly checked: ReadonlySet<string>;
};

export function openContract(document: OpenApi): Contract {
  const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });
  addFormats.default(ajv);
  ajv.addVocabulary(['components', 'example', 'discriminator']);
  ajv.addSchema({ $id: 'api:', components: document.components });
  const within = (schema: object) =>
    JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"api:#/components/'));
  const checked = new Set<string>();

  return {
    checked,
    check(method, url, { status, headers, json, events, text }) {
      const path = new URL(url).pathname;
      const template = Object.keys(document.paths).find((known) =>
        new RegExp(`^${known.replaceAll(/\{\w+\}/gu, '[^/]+')}$`, 'u').test(path),
      );
      const operation = template && document.paths[template]?.[method.toLowerCase()];
      if (!operation) return;
      const described =
        operation.responses[String(status)] ?? operation.responses[`${String(status)[0]}XX`];
      const name = `${operation.operationId} ${status}`;
      expect(described, `${name} is not described`).toBeDefined();
      const type = headers.get('content-type')?.split(';')[0] ?? '';
      checked.add(`${name} ${type}`.trim());
      if (status === 204) return;
      const media = described?.content?.[type];
      expect(media, `${name} as ${type} is not described`).toBeDefined();
      const bodies = type === 'text/event-stream' ? events : [type.endsWith('json') ? json : text];
      for (const body of bodies) {
        const isValid = ajv.validate(within(media?.schema ?? {}), body);
        expect(isValid, `${name}: ${ajv.errorsText()} in ${JSON.stringify(body)}`).toBe(true);
      }
    },
  };
}
