import type { SwaggerTransformObject } from '@fastify/swagger';
import { jsonSchemaTransformObject } from 'fastify-type-provider-zod';

const reference = /"#\/components\/schemas\/(\w+)"/gu;

/**
 * Every zod schema with an id becomes a component twice, as it is read and as it is written. Here those that nothing
 * refers to go, and what is only read loses the `Input` behind its name.
 */
export const readableComponents: SwaggerTransformObject = (described) => {
  const document = jsonSchemaTransformObject(described) as {
    readonly components?: { readonly schemas?: Readonly<Record<string, unknown>> };
  };
  const schemas = document.components?.schemas ?? {};
  const used = new Set<string>();
  const follow = (part: unknown): void => {
    for (const [, name = ''] of JSON.stringify(part ?? null).matchAll(reference)) {
      if (used.has(name)) continue;
      used.add(name);
      follow(schemas[name]);
    }
  };
  follow({ ...document, components: null });
  const nameOf = (name: string): string => {
    const plain = name.replace(/Input$/u, '');
    return used.has(plain) ? name : plain;
  };
  const kept = Object.entries(schemas).filter(([name]) => used.has(name));
  const components = {
    ...document.components,
    schemas: Object.fromEntries(kept.map(([name, schema]) => [nameOf(name), schema])),
  };
  return JSON.parse(
    JSON.stringify({ ...document, components }).replaceAll(
      reference,
      (_, name: string) => `"#/components/schemas/${nameOf(name)}"`,
    ),
  );
};
