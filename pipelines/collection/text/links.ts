/** Query parameters that say where a reader came from, not what is read. */
const tracking =
  /^(?:utm_\w+|fbclid|gclid|dclid|msclkid|mc_cid|mc_eid|igshid|ref_src|_hsenc|_hsmi)$/i;

/** An http(s) address as the identity of a page: no fragment, no tracking parameters; undefined if it is none. */
export function canonicalLink(link: unknown, base?: string): string | undefined {
  if (typeof link !== 'string' || link.trim() === '') return undefined;
  const url = URL.parse(link.trim(), base);
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) return undefined;
  if (url.username || url.password) return undefined;
  url.hash = '';
  for (const name of [...url.searchParams.keys()]) {
    if (tracking.test(name)) url.searchParams.delete(name);
  }
  return url.href.length <= 4_000 ? url.href : undefined;
}

/** Whether two addresses are of one publisher as far as names tell: the same host, but for a `www.`. */
export function sameHost(one: string, other: string): boolean {
  const host = (link: string) => URL.parse(link)?.host.replace(/^www\./, '');
  return host(one) !== undefined && host(one) === host(other);
}
