import { SERVED } from '../../models/trim-contract.ts';

export type OperationName = (typeof SERVED.qdrant)[number];
export type Matched = {
  readonly operation: OperationName;
  readonly params: Readonly<Record<string, string>>;
};

const PARAMETER = /\{(\w+)\}/gu;

// Literal segments before parameters: `/collections/aliases` is no collection.
const routes = SERVED.qdrant
  .toSorted((a, b) => a.split('{').length - b.split('{').length)
  .map((operation) => ({
    operation,
    pattern: new RegExp(`^${operation.replaceAll(PARAMETER, '(?<$1>[^/]+)')}$`, 'u'),
  }));

/** The operation that a method and a path name. */
export function matched(method: string, path: string): Matched | undefined {
  for (const { operation, pattern } of routes) {
    const found = pattern.exec(`${method} ${path}`);
    if (!found) continue;
    const params = Object.entries(found.groups ?? {}).map(([name, value]) => [
      name,
      decodeURIComponent(value),
    ]);
    return { operation, params: Object.fromEntries(params) as Matched['params'] };
  }
  return undefined;
}
