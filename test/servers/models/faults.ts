/** The errors that a model server itself knows, whatever status it gives them. */
export type EngineError = 'validation' | 'generation' | 'overloaded' | 'incomplete' | 'unhealthy';

/**
 * One misbehaviour. `after` counts the pieces of text that a stream hands out before it strikes; 0 when absent,
 * and a reply that is no stream has none.
 */
export type Fault =
  /** Decides how the reply ends; a request meets the first that waits for it. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      /** Sent as JSON unless it is text. */
      readonly body?: unknown;
    }
  /** The engine's own way to fail: by status, or inside a stream that began with 200. */
  | { readonly kind: 'error'; readonly error: EngineError; readonly after?: number }
  /** Says nothing more, for ever. */
  | { readonly kind: 'hang'; readonly after?: number }
  /** Destroys the connection; without `after` before the status line. */
  | { readonly kind: 'cut'; readonly after?: number }
  /** Ends without a finish reason; `done` sends the [DONE] all the same. Without `after` all text is sent. */
  | { readonly kind: 'unfinished'; readonly after?: number; readonly done?: boolean }
  /** JSON that is none, under 200. */
  | { readonly kind: 'garbage'; readonly after?: number }
  /** 200, and no byte. */
  | { readonly kind: 'silent' }
  /** A proper reply without any text. */
  | { readonly kind: 'empty' }
  /** Changes how a reply travels; all that are switched on apply. */
  | { readonly kind: 'wait'; readonly gate: Promise<unknown>; readonly after?: number }
  /** Packets of so many bytes: events and characters are torn apart. */
  | { readonly kind: 'packets'; readonly bytes: number }
  /** The whole reply in one packet. */
  | { readonly kind: 'one-packet' }
  | { readonly kind: 'crlf' }
  /** A keep-alive comment before each event. */
  | { readonly kind: 'comments' }
  | { readonly kind: 'content-type'; readonly type: string };

type Of<K extends Fault['kind']> = Extract<Fault, { kind: K }>;
export type Outcome = Of<
  'status' | 'error' | 'hang' | 'cut' | 'unfinished' | 'garbage' | 'silent' | 'empty'
>;
type Travel = Exclude<Fault, Outcome>;

/** What one request meets. */
export type Met = { readonly outcome: Outcome | null; readonly travel: readonly Travel[] };

export type Misbehave = (
  fault: Fault,
  when?: {
    /** Requests that meet it; all of them when absent. */
    readonly times?: number;
    /** Requests to another path than the server's work, for example `/health`; `*` is every path. */
    readonly path?: string;
  },
) => /** Stops it. */ () => void;

/** What a proxy in front of a model server says while that is down: a page for people. */
export const proxyPage: Fault = {
  kind: 'status',
  status: 502,
  headers: { 'content-type': 'text/html' },
  body: '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>',
};

const OUTCOMES: ReadonlySet<Fault['kind']> = new Set<Outcome['kind']>([
  'status',
  'error',
  'hang',
  'cut',
  'unfinished',
  'garbage',
  'silent',
  'empty',
]);

export type Faults = {
  readonly misbehave: Misbehave;
  /** Ends every misbehaviour. */
  behave(): void;
  meets(path: string): Met;
};

/** @param work Paths that a misbehaviour concerns which names none. */
export function openFaults(work: readonly string[]): Faults {
  let rules: { fault: Fault; left: number; path: string | undefined }[] = [];
  const drawn = (rule: (typeof rules)[number]): Fault => {
    rule.left -= 1;
    if (rule.left <= 0) rules = rules.filter((one) => one !== rule);
    return rule.fault;
  };
  return {
    misbehave: (fault, { times = Number.POSITIVE_INFINITY, path } = {}) => {
      const rule = { fault, left: times, path };
      rules.push(rule);
      return () => {
        rules = rules.filter((one) => one !== rule);
      };
    },
    behave: () => {
      rules = [];
    },
    meets: (path) => {
      const concerned = rules.filter((rule) =>
        rule.path === undefined ? work.includes(path) : rule.path === '*' || rule.path === path,
      );
      const deciding = concerned.find(({ fault }) => OUTCOMES.has(fault.kind));
      const changing = concerned.filter(({ fault }) => !OUTCOMES.has(fault.kind));
      return {
        outcome: deciding ? (drawn(deciding) as Outcome) : null,
        travel: changing.map((rule) => drawn(rule) as Travel),
      };
    },
  };
}
