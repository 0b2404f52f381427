/** One misbehaviour, for requests whose reply it concerns. */
export type Fault =
  /** A reply by somebody in front of the server: nothing is done. A body that is text is sent as it is. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: unknown;
    }
  /** Nothing is said, for ever; where it is done, only afterwards. */
  | { readonly kind: 'hang'; readonly done?: boolean }
  /** The connection breaks without a byte; where it is done, only afterwards: the reply is lost. */
  | { readonly kind: 'cut'; readonly done?: boolean }
  /** Done, and half of the reply arrives before the connection breaks. */
  | { readonly kind: 'half' }
  /** Done, and the reply under 200 is no JSON. */
  | { readonly kind: 'garbage' }
  /** Done, and the reply is this JSON, under 200. */
  | { readonly kind: 'reply'; readonly body: unknown }
  /** Done twice, as by a proxy that sends again what it had no reply to. */
  | { readonly kind: 'twice' }
  /** Waits until the gate opens; where it is done, with the reply alone. */
  | { readonly kind: 'wait'; readonly gate: Promise<unknown>; readonly done?: boolean };

export type When = {
  /** Requests that meet it; all of them when absent. */
  readonly times?: number;
  /** Requests that meet it not yet. */
  readonly after?: number;
  /** Tells `PUT /collections/name/points` and the like; all but the probes and `GET /` when absent. */
  readonly on?: string | RegExp;
};

export type Misbehave = (fault: Fault, when?: When) => /** Stops it. */ () => void;

/** Too many requests, as the server's own rate limit says it; without `retryAfter` (seconds) there is no such header. */
export function rateLimited(retryAfter?: number): Fault {
  const again = retryAfter === undefined ? '' : ` Retry after ${retryAfter}s`;
  const error = `Rate limiting exceeded: Write rate limit exceeded.${again}`;
  return {
    kind: 'status',
    status: 429,
    ...(retryAfter !== undefined && { headers: { 'retry-after': `${retryAfter}` } }),
    body: { status: { error }, time: 0 },
  };
}

/** The server's own failure, as it words it. */
export function broken(status: 500 | 503): Fault {
  const error =
    status === 500 ? 'Service internal error: scripted' : 'Shard temporarily unavailable: scripted';
  return { kind: 'status', status, body: { status: { error }, time: 0 } };
}

export type Faults = {
  readonly misbehave: Misbehave;
  behave(): void;
  /** Those that a request meets, in the order in which they were asked for. */
  meets(method: string, path: string): readonly Fault[];
};

const PROBES = ['GET /', 'GET /healthz', 'GET /livez', 'GET /readyz', 'GET /metrics'];

export function openFaults(): Faults {
  let rules: { fault: Fault; left: number; spared: number; on: When['on'] }[] = [];
  return {
    misbehave: (fault, { times = Number.POSITIVE_INFINITY, after = 0, on } = {}) => {
      const rule = { fault, left: times, spared: after, on };
      rules.push(rule);
      return () => {
        rules = rules.filter((one) => one !== rule);
      };
    },
    behave: () => {
      rules = [];
    },
    meets: (method, path) => {
      const said = `${method} ${path}`;
      const concerned = rules.filter(({ on }) =>
        on === undefined
          ? !PROBES.includes(said)
          : typeof on === 'string'
            ? on === said
            : on.test(said),
      );
      const due = concerned.filter((rule) => {
        rule.spared -= 1;
        return rule.spared < 0;
      });
      for (const rule of due) rule.left -= 1;
      rules = rules.filter(({ left }) => left > 0);
      return due.map(({ fault }) => fault);
    },
  };
}
