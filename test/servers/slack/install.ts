/** Walks an installation as a browser would: cookies are kept, the person agrees for one workspace. */
export async function installByBrowser(
  installUrl: string,
  team: string,
  user: string | undefined,
): Promise<{ readonly status: number; readonly text: string }> {
  const jar = new Map<string, string>();
  const visit = async (url: string) => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { redirect: 'manual', headers: { cookie } });
    for (const set of response.headers.getSetCookie()) {
      const [pair = ''] = set.split(';');
      const at = pair.indexOf('=');
      jar.set(pair.slice(0, at), pair.slice(at + 1));
    }
    const location = response.headers.get('location');
    const target = location === null ? undefined : new URL(location, url).href;
    return { status: response.status, target, text: await response.text() };
  };

  let page = await visit(installUrl);
  const link = page.target ?? linkIn(page.text, /oauth\/v2\/authorize/, installUrl);
  if (link === undefined) return page;
  page = await visit(link);
  const allow = linkIn(page.text, new RegExp(`[?&]team=${team}(&|$)`), link);
  if (allow === undefined) return page;
  const agreed = new URL(allow);
  if (user !== undefined) agreed.searchParams.set('user', user);
  page = await visit(agreed.href);
  return page.target === undefined ? page : visit(page.target);
}

function linkIn(html: string, wanted: RegExp, base: string): string | undefined {
  return [...html.matchAll(/href="([^"]+)"/g)]
    .map(([, href = '']) => new URL(href.replaceAll('&amp;', '&'), base).href)
    .find((href) => wanted.test(href));
}
