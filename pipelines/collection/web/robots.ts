import parser from 'robots-parser';
import { TransientError } from '../../stores/errors.ts';

export type Permission = {
  readonly allowed: boolean;
  /** What the host asks to be left between two requests, milliseconds. */
  readonly delayMs: number | undefined;
};

export type Robots = {
  /**
   * Whether this page may be fetched, by its host's robots.txt (RFC 9309): no such file means yes. While
   * it cannot be had (server error, no connection) the answer is "not now": TransientError
   * `fetch.robots-unreachable`.
   */
  readonly permission: (url: URL) => Promise<Permission>;
};

/** The RFC asks for 500 KiB at least; what is behind that in a longer file is not read. */
export const robotsMaxBytes = 500 * 1024;
const freshForMs = 60 * 60 * 1_000;
/** A failure is remembered, too, but shortly: a host in trouble must not be asked for every page. */
const failedForMs = 60 * 1_000;

/** The package declares an ES default export, and is CommonJS. */
const robotsParser = parser as unknown as typeof parser.default;
type Robot = ReturnType<typeof robotsParser>;

type Answer = { readonly status: number; readonly text: string };
type Entry = { readonly rules: Promise<Robot>; readonly asked: number; failed: boolean };

export function createRobots(userAgent: string, ask: (robotsUrl: URL) => Promise<Answer>): Robots {
  const cache = new Map<string, Entry>();
  const rulesFor = (url: URL): Promise<Robot> => {
    const known = cache.get(url.origin);
    if (known && performance.now() - known.asked < (known.failed ? failedForMs : freshForMs)) {
      return known.rules;
    }
    const entry: Entry = { rules: read(url), asked: performance.now(), failed: false };
    entry.rules.catch(() => {
      entry.failed = true;
    });
    cache.set(url.origin, entry);
    return entry.rules;
  };
  const read = async (url: URL): Promise<Robot> => {
    const address = new URL('/robots.txt', url);
    const { status, text } = await ask(address).catch((cause: unknown) => {
      throw unreachable(url, cause);
    });
    if (status >= 500 || status === 429) throw unreachable(url);
    return robotsParser(address.href, status >= 200 && status < 300 ? text : '');
  };
  return {
    permission: async (url) => {
      const rules = await rulesFor(url);
      const delay = rules.getCrawlDelay(userAgent);
      return {
        allowed: rules.isAllowed(url.href, userAgent) ?? true,
        delayMs: delay === undefined || !Number.isFinite(delay) ? undefined : delay * 1_000,
      };
    },
  };
}

function unreachable(url: URL, cause?: unknown): TransientError {
  return new TransientError(
    `The robots.txt of ${url.host} cannot be had now, so nothing is fetched.`,
    {
      code: 'fetch.robots-unreachable',
      hint: 'Collect it again later.',
      cause,
    },
  );
}
