import { adapterNames, type Settings } from './settings.ts';
import type { Engine } from './types.ts';

/** The shape that a reply is held to, or what is wrong with asking for it so. */
export function schemaOf(
  engine: Engine,
  format: unknown,
): { readonly schema: object | true | null } | { readonly wrong: string } {
  if (format === undefined || format === null) return { schema: null };
  const { type, value, schema, json_schema: wrapped } = format as Record<string, unknown>;
  if (engine === 'tgi') {
    if (value === undefined) return { wrong: 'response_format: missing field `value`' };
    if (type === 'json_schema') return { schema: (value as { schema: object }).schema };
    if (type === 'json' || type === 'json_object') return { schema: value as object };
    // The text has to match; what it then is cannot be made up here.
    if (type === 'regex') return { schema: null };
    return {
      wrong: `response_format: unknown variant \`${type}\`, expected one of \`json\`, \`regex\`, \`json_schema\``,
    };
  }
  if (type === 'text') return { schema: null };
  if (type === 'json_object') {
    return { schema: engine === 'llamacpp' && isObject(schema) ? schema : true };
  }
  if (type !== 'json_schema')
    return { wrong: `response_format.type: ${String(type)} is not supported` };
  if (isObject(wrapped) && isObject(wrapped['schema'])) return { schema: wrapped['schema'] };
  // llama.cpp takes a missing schema for any object, in silence.
  return engine === 'llamacpp'
    ? { schema: true }
    : { wrong: 'response_format.json_schema.schema: field required' };
}

/** Whose weights speak for a request; undefined where the engine refuses the model's name. */
export function adapterOf(
  settings: Settings,
  {
    model,
    lora,
  }: { readonly model?: string | null; readonly lora?: readonly { id: number; scale: number }[] },
): string | null | undefined {
  const base = settings.model;
  const names = adapterNames(settings);
  const known = (name: string) => (names.includes(name) ? name : undefined);
  switch (settings.engine) {
    case 'tgi':
      // Whatever it does not know is the base, in silence.
      return known(model ?? '') ?? null;
    case 'vllm':
      return model === undefined || model === null || model === base ? null : known(model);
    case 'sglang': {
      const [, adapter] = model?.split(':') ?? [];
      return adapter === undefined ? null : known(adapter);
    }
    case 'llamacpp': {
      // What it was started with speaks unless a request turns it off; unknown numbers are skipped.
      const scale = (id: number) => lora?.find((one) => one.id === id)?.scale ?? 1;
      return names.find((_, id) => scale(id) !== 0) ?? null;
    }
    case 'ollama':
      return model === base ? null : known(model ?? '');
    default:
      return null;
  }
}

function isObject(value: unknown): value is Record<string, object> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
