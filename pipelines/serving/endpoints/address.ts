import { PermanentError } from '../../stores/errors.ts';
import type { Endpoint } from './port.ts';

/** A route of the endpoint: `path` begins with a slash and is appended to the endpoint's own path. */
export function addressOf({ url }: Endpoint, path: string): string {
  return `${url.replace(/\/+$/u, '')}${path}`;
}

export function authorisation({ token }: Endpoint): Readonly<Record<string, string>> {
  return token ? { authorization: `Bearer ${token}` } : {};
}

/**
 * Refuses what cannot be an endpoint, before anything is sent there.
 *
 * @throws PermanentError `<code>.bad-url`
 */
export function checkEndpoint({ url }: Endpoint, service: string, code: string): void {
  const bad = (what: string, hint: string) =>
    new PermanentError(`${service}’s address ${what}.`, { code: `${code}.bad-url`, hint });
  const parsed = URL.parse(url);
  if (parsed === null || !/^https?:$/u.test(parsed.protocol)) {
    const shown = parsed ? `begins with ${parsed.protocol}` : 'is not a URL';
    throw bad(shown, 'Set a URL such as http://127.0.0.1:8080.');
  }
  // Errors, traces and metrics name the address.
  if (parsed.username || parsed.password) {
    throw bad(
      `${parsed.host} carries a user name or password`,
      'Take them out of the URL and set the token instead.',
    );
  }
}
