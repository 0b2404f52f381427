import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { documentId } from '../../../pipelines/stores/identity.ts';
import {
  articlePage,
  startWebServer,
  status,
  versioned,
  type WebServer,
} from '../../servers/web.ts';
import { openWorkplace, type Workplace } from './workplace.ts';

let web: WebServer;
let place: Workplace;
beforeEach(async () => {
  web = await startWebServer();
  place = await openWorkplace();
});
afterEach(async () => {
  await place[Symbol.asyncDispose]();
  await web.close();
});

const collect = (...links: readonly string[]) =>
  place.collect(links, { allowPrivate: ['127.0.0.1'] });

const long =
  'This sentence is here to make the entry long enough to count as the whole text of it. ';

function rss(items: string): string {
  return `<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Ines writes</title>
    <link>${web.url}/</link><description>d</description><language>en-gb</language>${items}</channel></rss>`;
}

function item(name: string, content: string, more = ''): string {
  return `<item><title>${name}</title><link>${web.url}/${name}?utm_source=rss</link>
    <dc:creator>Ines Okafor</dc:creator><pubDate>Wed, 01 May 2024 10:00:00 +0200</pubDate>
    <category>words</category>${more}<content:encoded><![CDATA[${content}]]></content:encoded></item>`;
}

describe('a web page', () => {
  it('becomes its main content, with what the page says about itself', async () => {
    const data = {
      '@graph': [
        { '@type': 'WebSite', name: 'no' },
        {
          '@type': 'BlogPosting',
          headline: 'On naming',
          author: [{ '@type': 'Person', name: 'Ines Okafor' }, { name: 'Mara' }],
          datePublished: '2024-05-01T10:00:00+02:00',
        },
      ],
    };
    web.set(
      '/post',
      articlePage(
        'On naming | Ines writes',
        `<p>See <a href="/other">the other</a> and <a href="javascript:alert(1)">this</a>.</p>
         <pre><code class="language-ts">const a = 1;</code></pre>
         <table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>
         <script>alert(1)</script>`,
        `<link rel="canonical" href="/naming"><meta property="og:site_name" content="Ines writes">
         <script type="application/ld+json">${JSON.stringify(data)}</script>`,
      ),
    );
    await collect(`${web.url}/post#comments`);
    const [document] = await place.documents();
    expect(document).toMatchObject({
      id: documentId(`${web.url}/naming`),
      link: `${web.url}/naming`,
      origin: `${web.url}/post`,
      platform: 'web',
      kind: 'article',
      title: 'On naming',
      author: { id: 'ines-okafor', name: 'Ines Okafor' },
      publishedAt: '2024-05-01T08:00:00.000Z',
      language: 'en',
      source: 'Ines writes',
      extras: { otherAuthors: [{ id: 'mara', name: 'Mara' }], fetchedFrom: `${web.url}/post` },
    });
    expect(document?.content).toContain(`[the other](${web.url}/other) and this.`);
    expect(document?.content).toContain('```ts\nconst a = 1;\n```');
    expect(document?.content).toContain('| a | b |\n| - | - |\n| 1 | 2 |');
    expect(document?.content).not.toMatch(/alert|Home|Cookies/);
  });

  it('is unchanged when it is, and one revision further when it changed', async () => {
    web.set('/a', versioned('"1"', articlePage('A', '<p>One.</p>')));
    expect((await collect(`${web.url}/a`)).byName).toEqual({ a: 'created' });
    expect((await collect(`${web.url}/a`)).byName).toEqual({ a: 'unchanged' });
    expect(web.requests.at(-1)?.headers['if-none-match']).toBe('"1"');
    web.set('/a', versioned('"2"', articlePage('A', '<p>Two.</p>')));
    expect((await collect(`${web.url}/a`)).byName).toEqual({ a: 'changed' });
    expect(await place.documents()).toMatchObject([{ revision: 2 }]);
    // Without validators it is fetched, and still unchanged.
    web.set('/a', articlePage('A', '<p>Two.</p>'));
    expect((await collect(`${web.url}/a`)).byName).toEqual({ a: 'unchanged' });
  });

  it('keeps its document while it cannot be had', async () => {
    web.set('/a', articlePage('A', '<p>One.</p>'));
    await collect(`${web.url}/a`);
    for (const code of [404, 500]) {
      web.set('/a', status(code));
      const { items } = await collect(`${web.url}/a`);
      expect(items).toMatchObject([
        { outcome: 'failed', reason: { message: expect.stringContaining(`status ${code}`) } },
      ]);
    }
    expect(await place.documents()).toHaveLength(1);
  });

  it('without main content is a failure of its own', async () => {
    web.set('/login', '<html><body><form><input name="user"><button>Log in</button></form></body>');
    web.set('/a', articlePage('A', '<p>One.</p>'));
    const { byName } = await collect(`${web.url}/login`, `${web.url}/a`);
    expect(byName).toEqual({ login: 'failed page.no-content', a: 'created' });
  });

  it('cannot take the place of another origin’s document by claiming its link', async () => {
    const other = await startWebServer();
    other.set('/copy', articlePage('Stolen', '', `<link rel="canonical" href="${web.url}/a">`));
    web.set('/a', articlePage('A', '<p>One.</p>'));
    await collect(`${web.url}/a`);
    const { byName } = await collect(`${other.url}/copy`);
    expect(byName).toEqual({ a: 'skipped document.copy' });
    expect(await place.documents()).toMatchObject([{ title: 'A', revision: 1 }]);
    await other.close();
  });

  it('that nests a hundred thousand deep neither ends the process nor takes long', async () => {
    const deep = `${'<div>'.repeat(100_000)}${long.repeat(5)}${'</div>'.repeat(100_000)}`;
    web.set('/deep', `<html><body>${deep}</body></html>`);
    const startedAt = performance.now();
    expect((await collect(`${web.url}/deep`)).byName).toEqual({ deep: 'created' });
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it('is not collected from a private address that nobody named', async () => {
    web.set('/a', articlePage('A', ''));
    const { byName } = await place.collect([`${web.url}/a`]);
    expect(byName).toEqual({ a: 'failed fetch.private-address' });
    expect(web.requests).toEqual([]);
  });
});

describe('a feed', () => {
  it('gives full entries as they are, and fetches the page of the others', async () => {
    web.set(
      '/feed.xml',
      rss(
        item('full', `<p>${long.repeat(6)}<a href="/x">x</a></p>`) +
          `<item><title>short</title><link>${web.url}/short</link><description>Only a teaser […]</description></item>`,
      ),
      'application/rss+xml',
    );
    web.set('/short', articlePage('Short', '<p>The whole of it.</p>'));
    const { events } = await collect(`${web.url}/feed.xml`);
    expect(events.at(0)).toMatchObject({ crawler: 'feed', total: 2 });
    const documents = Object.fromEntries((await place.documents()).map((d) => [d.title, d]));
    expect(documents['full']).toMatchObject({
      link: `${web.url}/full`,
      platform: 'feed',
      kind: 'post',
      source: 'Ines writes',
      author: { id: 'ines-okafor' },
      publishedAt: '2024-05-01T08:00:00.000Z',
      language: 'en',
      extras: { tags: ['words'] },
    });
    expect(documents['full']?.content).toContain(`[x](${web.url}/x)`);
    expect(documents['Short']?.content).toContain('The whole of it.');
  });

  it('collected twice changes nothing, and asks for no page again', async () => {
    const entries = item('full', long.repeat(6)) + item('short', 'Teaser…');
    web.set('/feed.xml', versioned('"1"', rss(entries), 'application/rss+xml'));
    web.set('/short?utm_source=rss', status(500));
    web.set('/short', articlePage('Short', '<p>All.</p>'));
    await collect(`${web.url}/feed.xml`);
    const before = web.requests.length;
    const again = await collect(`${web.url}/feed.xml`);
    expect(again.byName).toEqual({ full: 'unchanged', short: 'unchanged' });
    expect(web.requests.slice(before).map(({ path }) => path)).toEqual([
      '/robots.txt',
      '/feed.xml',
    ]);
    expect(web.requests.at(-1)?.headers['if-none-match']).toBe('"1"');
    // The feed says it changed, its entries did not.
    web.set('/feed.xml', versioned('"2"', rss(entries), 'application/rss+xml'));
    expect((await collect(`${web.url}/feed.xml`)).byName).toEqual(again.byName);
  });

  it('brings changed entries one revision further, and keeps those that left it', async () => {
    web.set('/feed.xml', rss(item('a', long.repeat(6)) + item('b', long.repeat(7))));
    await collect(`${web.url}/feed.xml`);
    web.set('/feed.xml', rss(item('b', `${long.repeat(7)}More.`)));
    expect((await collect(`${web.url}/feed.xml`)).byName).toEqual({ b: 'changed' });
    const revisions = (await place.documents()).map(({ title, revision }) => [title, revision]);
    expect(Object.fromEntries(revisions)).toEqual({ a: 1, b: 2 });
  });

  it('takes the summary, with a warning, where the page cannot be had for good', async () => {
    const teaser =
      'A teaser that goes on for a while and says what the whole text would be about, and then it stops, for it is a teaser…';
    web.set('/feed.xml', rss(item('gone', teaser) + item('later', teaser)));
    web.set('/later', status(500));
    const { items } = await collect(`${web.url}/feed.xml`);
    expect(items).toMatchObject([
      { outcome: 'created', warnings: [{ code: 'feed.summary-only' }] },
      { outcome: 'failed', reason: { code: 'fetch.status' } },
    ]);
    web.set('/later', articlePage('later', '<p>Now.</p>'));
    const again = await collect(`${web.url}/feed.xml`);
    expect(again.byName).toMatchObject({ later: 'created' });
  });

  it('may be Atom or JSON Feed', async () => {
    web.set(
      '/atom.xml',
      `<feed xmlns="http://www.w3.org/2005/Atom"><title>Mara</title><author><name>Mara L</name></author>
       <entry><id>urn:1</id><title>Atom entry</title><link href="/atom-entry"/><published>2024-01-02T00:00:00Z</published>
       <content type="html">&lt;p&gt;${long.repeat(6)}&lt;/p&gt;</content></entry></feed>`,
      'application/atom+xml',
    );
    web.set(
      '/feed.json',
      JSON.stringify({
        version: 'https://jsonfeed.org/version/1.1',
        title: 'Tomas',
        items: [
          { id: '1', content_text: 'A short note without a page.', date_published: '2024-03-04' },
        ],
      }),
      'application/feed+json',
    );
    await collect(`${web.url}/atom.xml`, `${web.url}/feed.json`);
    expect(await place.documents()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          title: 'Atom entry',
          author: { id: 'mara-l', name: 'Mara L' },
          link: `${web.url}/atom-entry`,
        }),
        expect.objectContaining({
          kind: 'note',
          link: `${web.url}/feed.json#1`,
          source: 'Tomas',
          content: 'A short note without a page.',
        }),
      ]),
    );
  });

  it('is found from the home page, and behind an address that turns out to be one', async () => {
    web.set('/rss', rss(item('a', long.repeat(6))), 'application/xml');
    const link = '<link rel="alternate" type="application/rss+xml" href="/rss">';
    web.set('/', `<html><head>${link}</head><body><ul><li>posts</li></ul></body></html>`);
    expect((await collect(web.url)).byName).toEqual({ a: 'created' });
    web.set('/blog', rss(item('b', long.repeat(6))), 'application/xml');
    expect((await collect(`${web.url}/blog`)).byName).toEqual({ b: 'created' });
    // An article of that site is an article, whatever feed it mentions.
    web.set('/c', articlePage('C', '<p>C.</p>', link));
    expect((await collect(`${web.url}/c`)).byName).toEqual({ c: 'created' });
  });

  it('that is HTML, a bomb or no feed at all is a failure with its reason', async () => {
    web.set('/html/feed.xml', '<!doctype html><html><body>Friendly page</body></html>');
    web.set(
      '/bomb/feed.xml',
      `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol">${Array.from({ length: 20 }, (_, i) => `<!ENTITY a${i} "&a;&a;&a;">`).join('')}]><rss><channel><title>&a19;</title></channel></rss>`,
      'application/xml',
    );
    web.set('/deep/feed.xml', `<rss><channel>${'<a>'.repeat(100_000)}</channel></rss>`, 'text/xml');
    web.set('/none/feed.xml', 'just words', 'text/plain');
    const codes: string[] = [];
    for (const kind of ['html', 'bomb', 'deep', 'none']) {
      const { items } = await collect(`${web.url}/${kind}/feed.xml`);
      codes.push(items[0]?.reason?.code ?? '');
    }
    expect(codes).toEqual(['feed.is-html', 'feed.entities', 'feed.malformed', 'feed.malformed']);
    expect(await place.warehouse.origins()).toEqual([]);
  });
});
