import type { OperationId } from '../contract/served.ts';

/** What happens to a request instead of, or besides, its answer. */
export type Fault =
  | {
      readonly kind: 'rate-limit';
      readonly retryAfterMs: number;
      /** `global` stops every route of the bot; `shared` does not count as an invalid request. */
      readonly scope?: 'user' | 'global' | 'shared';
    }
  | { readonly kind: 'status'; readonly status: 500 | 502 | 503 }
  /** The connection is reset: `before` nothing has happened, `after` everything has. */
  | { readonly kind: 'drop'; readonly when: 'before' | 'after' }
  | { readonly kind: 'slow'; readonly ms: number }
  /** Held back until the promise settles, then answered as ever. */
  | { readonly kind: 'hold'; readonly until: Promise<unknown> }
  /** Discord's answer to a valid interaction token on a bad day: 404 with this code (10015 unless said). */
  | { readonly kind: 'not-found'; readonly code?: 10_008 | 10_015 | 10_062 }
  /** The gateway connection breaks as the request arrives; the request itself is answered as ever. */
  | { readonly kind: 'cut-gateway' };

export type Routes = OperationId | readonly OperationId[] | '*';

export type Faults = {
  /** The next `times` (default 1) requests. */
  readonly next: (routes: Routes, fault: Fault, times?: number) => void;
  /** Every n-th request, from the n-th on. */
  readonly every: (n: number, routes: Routes, fault: Fault) => void;
  /** Each request with this probability, the same in every run of a seed. */
  readonly random: (
    options: { readonly probability: number; readonly seed: number; readonly routes?: Routes },
    faults: readonly Fault[],
  ) => void;
  readonly clear: () => void;
  /** Faults that struck, in order. */
  readonly struck: readonly { readonly operation: OperationId; readonly fault: Fault }[];
};

type Rule = {
  readonly routes: Routes;
  /** The fault for this request, if it strikes. */
  readonly strikes: () => Fault | undefined;
};

/** `draw` decides, for each request that is served, which fault strikes it. */
export function createFaults(): {
  readonly faults: Faults;
  draw: (id: OperationId) => Fault | undefined;
} {
  let rules: Rule[] = [];
  const struck: { operation: OperationId; fault: Fault }[] = [];
  const faults: Faults = {
    next: (routes, fault, times = 1) => {
      let left = times;
      rules.push({ routes, strikes: () => (left-- > 0 ? fault : undefined) });
    },
    every: (n, routes, fault) => {
      let seen = 0;
      rules.push({ routes, strikes: () => (++seen % n === 0 ? fault : undefined) });
    },
    random: ({ probability, seed, routes = '*' }, choices) => {
      const random = mulberry32(seed);
      rules.push({
        routes,
        strikes: () =>
          random() < probability ? choices[Math.floor(random() * choices.length)] : undefined,
      });
    },
    clear: () => {
      rules = [];
    },
    struck,
  };
  const draw = (operation: OperationId) => {
    for (const rule of rules) {
      if (!covers(rule.routes, operation)) continue;
      const fault = rule.strikes();
      if (fault) {
        struck.push({ operation, fault });
        return fault;
      }
    }
    return undefined;
  };
  return { faults, draw };
}

function covers(routes: Routes, operation: OperationId): boolean {
  if (routes === '*') return true;
  return typeof routes === 'string' ? routes === operation : routes.includes(operation);
}

/** Tommy Ettinger's mulberry32: small, seeded, good enough to scatter faults. Range [0, 1). */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
