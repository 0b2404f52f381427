import { badRequest } from './refusal.ts';

type Step = { readonly key: string } | { readonly index: number } | 'each';
export type JsonPath = { readonly text: string; readonly steps: readonly Step[] };

const known = new Map<string, JsonPath>();
const piece = /^(?:\.?(?<plain>[\p{L}\p{N}_-]+)|\.?"(?<quoted>[^"]*)"|\[(?<index>\d*)\])/u;

/** `a.b`, `a[].b`, `a[0]`, `"a.b".c` (`lib/segment/src/json_path`). */
export function pathOf(text: string): JsonPath {
  const found = known.get(text);
  if (found) return found;
  const steps: Step[] = [];
  let rest = text;
  while (rest !== '' || steps.length === 0) {
    const { plain, quoted, index } =
      (rest.startsWith('.') && steps.length === 0 ? undefined : piece.exec(rest)?.groups) ?? {};
    const key = plain ?? quoted;
    if (key !== undefined) steps.push({ key });
    else if (index === undefined || steps.length === 0) {
      throw badRequest(`Invalid json path: '${text}'`);
    } else steps.push(index === '' ? 'each' : { index: Number(index) });
    rest = rest.slice(piece.exec(rest)?.[0].length ?? 0);
  }
  const path = { text, steps };
  known.set(text, path);
  return path;
}

/** What stands there: an array is one value unless the path says `[]`; none where the path leads nowhere. */
export function valuesAt(payload: unknown, { steps }: JsonPath): readonly unknown[] {
  let found: readonly unknown[] = [payload];
  for (const step of steps) {
    found = found.flatMap((value) => {
      if (step === 'each') return Array.isArray(value) ? (value as unknown[]) : [];
      if ('index' in step) {
        return Array.isArray(value) && step.index < value.length
          ? [value[step.index] as unknown]
          : [];
      }
      return isObject(value) && Object.hasOwn(value, step.key) ? [value[step.key]] : [];
    });
  }
  return found;
}

/** A copy with the value set there, making objects on the way; steps into arrays are not taken. */
export function withValue(payload: unknown, steps: JsonPath['steps'], value: unknown): unknown {
  const [step, ...others] = steps;
  if (step === undefined) return value;
  if (step === 'each' || 'index' in step) throw badRequest('Only keys can be set here');
  const before = isObject(payload) ? payload : {};
  return { ...before, [step.key]: withValue(before[step.key], others, value) };
}

/** A copy that has nothing there. */
export function without(payload: unknown, steps: JsonPath['steps']): unknown {
  const [step, ...others] = steps;
  if (step === undefined) return payload;
  if (step === 'each' || 'index' in step) {
    if (!Array.isArray(payload)) return payload;
    return payload.map((value: unknown, at) =>
      step === 'each' || step.index === at ? without(value, others) : value,
    );
  }
  if (!isObject(payload) || !Object.hasOwn(payload, step.key)) return payload;
  const { [step.key]: removed, ...kept } = payload;
  return others.length === 0 ? kept : { ...kept, [step.key]: without(removed, others) };
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
