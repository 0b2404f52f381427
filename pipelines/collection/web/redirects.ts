import { PermanentError } from '../../stores/errors.ts';
import type { Exchange } from './exchange.ts';

const mostRedirects = 5;

export type Arrived = Exchange & { readonly url: URL };

/**
 * Follows redirects, five at most; every hop is a new address that goes through every check of `get` again.
 * PermanentErrors: `fetch.redirects`, `fetch.downgrade` (from https to http), `fetch.bad-address`.
 */
export async function follow(start: URL, get: (url: URL) => Promise<Exchange>): Promise<Arrived> {
  let url = start;
  for (let hop = 0; hop <= mostRedirects; hop += 1) {
    const answer = await get(url);
    const location = answer.headers['location'];
    if (![301, 302, 303, 307, 308].includes(answer.status) || !location) return { ...answer, url };
    const next = parseAddress(location, url);
    if (url.protocol === 'https:' && next.protocol === 'http:') {
      throw new PermanentError(`${url.host} redirects from https to http.`, {
        code: 'fetch.downgrade',
      });
    }
    url = next;
  }
  throw new PermanentError(`${start.host} redirects more than ${mostRedirects} times.`, {
    code: 'fetch.redirects',
  });
}

/** A plain http or https address; PermanentError `fetch.bad-address` for any other, also one with a password. */
export function parseAddress(link: string, base?: URL): URL {
  const url = URL.parse(link, base?.href);
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    const shown = url ? `${url.protocol}//${url.host}${url.pathname}` : link.slice(0, 200);
    throw new PermanentError(`${shown} is no plain http or https address.`, {
      code: 'fetch.bad-address',
      hint: 'Addresses with a user name and password are not fetched.',
    });
  }
  url.hash = '';
  return url;
}
