import fc from 'fast-check';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { describe, expect, it } from 'vitest';
import { decodeText } from '../../../pipelines/collection/text/charset.ts';
import { dateInName, parseDate } from '../../../pipelines/collection/text/dates.ts';
import { parseFeed } from '../../../pipelines/collection/text/feed.ts';
import { understandFields } from '../../../pipelines/collection/text/fields.ts';
import { parseFrontMatter } from '../../../pipelines/collection/text/front-matter.ts';
import { htmlToMarkdown } from '../../../pipelines/collection/text/html.ts';
import { detectLanguage } from '../../../pipelines/collection/text/language.ts';
import { canonicalLink } from '../../../pipelines/collection/text/links.ts';
import { plainMdx } from '../../../pipelines/collection/text/mdx.ts';
import { titleHeading } from '../../../pipelines/collection/text/outline.ts';
import { readPage } from '../../../pipelines/collection/text/page.ts';
import { PermanentError } from '../../../pipelines/stores/errors.ts';

/** What a Markdown reader would make a link, an image or raw HTML of. */
function activeParts(markdown: string): readonly string[] {
  const found: string[] = [];
  const queue: unknown[] = [
    fromMarkdown(markdown, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] }),
  ];
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    const { type, url, value, children } = node as {
      type: string;
      url?: string;
      value?: string;
      children?: unknown[];
    };
    if (type === 'html') found.push(`html ${value}`);
    if (url !== undefined) found.push(url);
    queue.push(...(children ?? []));
  }
  return found;
}

function isHarmful(part: string): boolean {
  if (part.startsWith('html ')) return true;
  const url = URL.parse(part, 'https://relative.invalid/');
  return url !== null && !['http:', 'https:', 'mailto:'].includes(url.protocol);
}

/** Pieces that HTML goes wrong at, in any order. */
const hostileHtml = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '<script>',
        '</script>',
        '<a href="javascript:alert(1)">',
        '<a href=" java\nscript:alert(1)">',
        '<a href="&#106;avascript:alert(1)">',
        '<a href="&amp;#106;avascript:x">',
        '<a href="data:text/html,x">',
        '<a href="a](javascript:x)">',
        '<a href="/ok">',
        '</a>',
        '<img src=x onerror=alert(1)>',
        '<img src="javascript:x" alt="[a](javascript:x)">',
        '<iframe src="javascript:x">',
        '<svg><a xlink:href="javascript:x"><text>',
        '<math><mi>',
        '<style>',
        '<!--',
        '-->',
        '<![CDATA[',
        '<table><tr><td>',
        '</table>',
        '<pre><code class="language-js">',
        '</code></pre>',
        '<ul><li>',
        '<h1>',
        '<template>',
        '<base href="javascript:/">',
        '<q cite="javascript:x">',
        '[a](javascript:alert(1))',
        '<javascript:alert(1)>',
        '![x](javascript:x)',
        '[x]: javascript:x',
        '`',
        '```',
        '&lt;script&gt;',
        '\\',
        '\n',
        '|',
      ),
      fc.string({ maxLength: 10 }),
    ),
    { maxLength: 25 },
  )
  .map((parts) => parts.join(''));

describe('HTML as Markdown', () => {
  it('never throws but typed, and never carries a script or a link that runs', () => {
    fc.assert(
      fc.property(hostileHtml, fc.constantFrom(undefined, 'https://a.example/b/'), (html, base) => {
        let markdown = '';
        try {
          markdown = htmlToMarkdown(html, base);
        } catch (error) {
          expect(error).toBeInstanceOf(PermanentError);
        }
        expect(activeParts(markdown).filter(isHarmful)).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('writes a code block inside a heading or a table cell as inline code, not as Markdown of its own', () => {
    const html = '<h1><pre><code class="language-js">![x](javascript:x)</code></pre></h1>';
    expect(htmlToMarkdown(html)).toBe('# `![x](javascript:x)`');
  });

  it('lets go of a link or emphasis around a block, which Markdown could not write', () => {
    const list = '<ul><li><pre>a\nb</pre></li></ul>';
    expect(htmlToMarkdown(`<a href="/x">${list}</a>`)).toBe('- ```\n  a\n  b\n  ```');
    expect(htmlToMarkdown(`<em>${list}</em>`)).toBe('- ```\n  a\n  b\n  ```');
  });

  it('keeps what carries meaning', () => {
    const html = `<h2>Title <a class="anchor" href="#t">#</a></h2><p>a <b>b</b> <em>c</em> <code>d</code></p>
      <ul><li>one</li><li>two<ul><li>three</li></ul></li></ul><blockquote>q</blockquote>
      <p><img src="i.png" alt="picture"><img src="data:image/png;base64,AAAA" alt="inline"></p>
      <div class="highlight highlight-source-py"><pre><span class="k">def</span> f(): pass</pre></div>`;
    expect(htmlToMarkdown(html, 'https://a.example/b/')).toBe(
      [
        '## Title',
        'a **b** *c* `d`',
        '- one\n- two\n  - three',
        '> q',
        '![picture](https://a.example/b/i.png)inline',
        '```py\ndef f(): pass\n```',
      ].join('\n\n'),
    );
  });

  it.each([
    ['nested emphasis', '<em><i>'.repeat(20_000)],
    ['unclosed items', '<ul><li>'.repeat(20_000)],
    ['foreign content', '<svg><td>'.repeat(20_000)],
    ['a cell over a billion columns', '<table><tr><td colspan=1000000000 rowspan=65534>x</table>'],
    ['quotes that never close', '<a "'.repeat(20_000)],
    ['comments that never close', '<!--'.repeat(20_000)],
    ['spans in one paragraph', `<p>${'<span>x</span> '.repeat(20_000)}`],
  ])('takes %s in bounded time', (_name, html) => {
    const startedAt = performance.now();
    try {
      htmlToMarkdown(`<p>start</p>${html}`);
    } catch (error) {
      expect(error).toBeInstanceOf(PermanentError);
    }
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});

describe('pages and feeds', () => {
  it('are read from any text, or refused with a type', () => {
    const feedish = fc
      .array(
        fc.oneof(
          fc.constantFrom(
            '<rss><channel>',
            '<item>',
            '<title>x',
            '</item>',
            '<feed>',
            '<entry>',
            '<![CDATA[',
            '{"version":"https://jsonfeed.org/version/1","items":[',
            '{"id":1},',
            ']}',
            '&amp;',
            '&x;',
          ),
          fc.string({ maxLength: 10 }),
        ),
        { maxLength: 12 },
      )
      .map((parts) => parts.join(''));
    const typed = (read: () => unknown) => {
      try {
        read();
      } catch (error) {
        expect(error).toBeInstanceOf(PermanentError);
      }
    };
    fc.assert(
      fc.property(hostileHtml, feedish, (html, feed) => {
        typed(() => readPage(`<html><body>${html}</body>`, { wholeBodyWithoutMain: true }));
        typed(() => readPage(html, { url: 'https://a.example/' }));
        typed(() => parseFeed(feed, 'https://a.example/feed'));
      }),
      { numRuns: 500 },
    );
  });
});

describe('front matter', () => {
  it('never makes any text throw, and loses none of it', () => {
    const yamlish = fc
      .array(
        fc.oneof(
          fc.constantFrom(
            '---\n',
            'title: x\n',
            'a: &a [*a]\n',
            '- b\n',
            '? [\n',
            '!!js/f x\n',
            '\t',
          ),
          fc.string({ maxLength: 12 }),
        ),
        { maxLength: 12 },
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(
        fc.oneof(
          yamlish.map((text) => `---\n${text}`),
          yamlish,
        ),
        (text) => {
          const { fields, body } = parseFrontMatter(text);
          understandFields(fields);
          expect(text.endsWith(body)).toBe(true);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('is not a rule that a text begins with', () => {
    for (const text of [
      '---\n\nProse.\n\n---\n\nMore.',
      '---\nJust prose here\n',
      'No: front\n---\n',
    ]) {
      expect(parseFrontMatter(text)).toEqual({ fields: {}, body: text, warnings: [] });
    }
  });

  it.each([
    [
      'aliases that expand',
      'a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b]',
    ],
    ['nesting without end', `a: ${'['.repeat(30_000)}`],
    ['a missing end', `title: x\n${'a: 1\n'.repeat(20_000)}`],
    ['a colon in the title', 'title: On x: and y\nauthor: Ines'],
  ])('with %s is broken, with a warning', (_name, block) => {
    const { warnings } = parseFrontMatter(`---\n${block}\n---\nText.`);
    expect(warnings).toMatchObject([{ code: 'front-matter.broken' }]);
  });

  it('of TOML gives its simple lines', () => {
    const { fields, body } = parseFrontMatter('+++\ntitle = "On x"\ndate = 2024-05-01\n+++\nText.');
    expect(understandFields(fields)).toMatchObject({
      title: 'On x',
      publishedAt: '2024-05-01T00:00:00.000Z',
    });
    expect(body).toBe('Text.');
  });

  it('cannot reach into objects', () => {
    const { fields } = parseFrontMatter('---\n__proto__: {polluted: 1}\ntitle: x\n---\n');
    expect(understandFields(fields).title).toBe('x');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('MDX', () => {
  it('loses imports, exports and tags, and keeps prose, code and children', () => {
    const source = `import { A } from './a'
import B from 'b'

export const meta = {
  title: 'x',

  list: [1, 2],
}

# Title

import taxes are high, and export quotas too.

<A onClick={() => { go('>') }} title="a > b">
Child **text** with \`<Code />\` and 1 < 2. {/* a comment */}{' '}
</A>

\`\`\`jsx
import X from 'x'
<X />
\`\`\`
`;
    expect(plainMdx(source).trim()).toBe(
      `# Title

import taxes are high, and export quotas too.

Child **text** with \`<Code />\` and 1 < 2.${'  '}

\`\`\`jsx
import X from 'x'
<X />
\`\`\``.replace('2.  ', '2.  '),
    );
  });

  it('never makes any text throw, or takes long', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => void plainMdx(text)));
    for (const piece of ['<a ', '<A x={', '{ ', '`', 'import {a\n', 'export const a = [\n']) {
      const startedAt = performance.now();
      plainMdx(piece.repeat(50_000));
      expect(performance.now() - startedAt).toBeLessThan(5_000);
    }
  });
});

describe('small readings', () => {
  it.each([
    ['2024-05-01', '2024-05-01T00:00:00.000Z'],
    ['2024-05-01 10:00:00 +0200', '2024-05-01T08:00:00.000Z'],
    ['2024-5-1T9:05', '2024-05-01T09:05:00.000Z'],
    ['Wed, 01 May 2024 10:00:00 GMT', '2024-05-01T10:00:00.000Z'],
    ['May 1st, 2024', '2024-05-01T00:00:00.000Z'],
    ['2024-02-31', null],
    ['01/02/2024', null],
    ['tomorrow', null],
    ['0001-01-01', null],
  ])('the date %s', (text, date) => expect(parseDate(text)).toBe(date));

  it('any string is a date or none', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseDate(text) ?? '2000-01-01T00:00:00.000Z').toMatch(/^\d{4}-.*Z$/);
      }),
    );
    expect(dateInName('2024-05-01-a.md')).toBe('2024-05-01T00:00:00.000Z');
    expect(dateInName('2024-05-011.md')).toBeNull();
  });

  it('the title: first of level 1, else what the text begins with, else nothing', () => {
    expect(titleHeading('## Two\n\n# **One** [x](y)\n')).toBe('One x');
    expect(titleHeading('## Two\n\ntext')).toBe('Two');
    expect(titleHeading('text\n\n## Two')).toBeUndefined();
    expect(titleHeading('Title\n=====\n')).toBe('Title');
    expect(titleHeading('```\n# no\n```\n<h1 align="c">Yes</h1>')).toBe('Yes');
  });

  it('the language, unless it is unsure', () => {
    const english = 'We went to the shop and bought some bread, and then we walked home again. ';
    expect(detectLanguage(english.repeat(3))).toBe('en');
    expect(detectLanguage(english)).toBeNull();
    expect(detectLanguage(`\`\`\`\n${english.repeat(5)}\n\`\`\``)).toBeNull();
    expect(detectLanguage('今日は天気がいいですね。散歩に行きましょう。'.repeat(4))).toBe('ja');
  });

  it('a link without what says where the reader came from', () => {
    expect(canonicalLink('HTTPS://A.example/b?utm_source=x&id=1#c')).toBe(
      'https://a.example/b?id=1',
    );
    for (const link of ['javascript:x', 'https://u:p@a.example/', '', 'no']) {
      expect(canonicalLink(link)).toBeUndefined();
    }
  });

  it('any bytes are text or a typed error', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom(undefined, 'utf-16le', 'x'),
        (bytes, charset) => {
          try {
            expect(typeof decodeText(bytes, charset)).toBe('string');
          } catch (error) {
            expect(error).toBeInstanceOf(PermanentError);
          }
        },
      ),
    );
  });
});
