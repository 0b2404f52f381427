import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openAnswerRenderer } from '../../../bots/web/render/answer.ts';
import { renderDocument } from '../../../bots/web/render/document.ts';

const text = (words: string, ...citations: number[]) => ({
  type: 'text' as const,
  text: words,
  citations,
});
/** The answer so far after each of its parts. */
const renderer = () => {
  const { add, html: whole } = openAnswerRenderer();
  return (part: Parameters<typeof add>[0]) => {
    add(part);
    return whole();
  };
};
const rendered = (part: Parameters<ReturnType<typeof renderer>>[0]) => renderer()(part);
const html = (content: string, start = 0, end = 0) =>
  renderDocument({ title: '', content }, { start, end }).html;

/** Whatever is executed, loaded or submitted; all text is escaped, so none of this may stand as a tag. */
const active =
  /<(?:script|style|img|svg|iframe|object|embed|link|meta|base|form|input|video|audio|math)\b|<[^>]*\son\w+=|<[^>]*\s(?:href|src)="\s*(?:javascript|data):/iu;

const attacks = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '![pixel](https://evil.example/x.png)',
  '[click](javascript:alert(1))',
  '[click](data:text/html,<script>alert(1)</script>)',
  '<svg onload=alert(1)>',
  '<a href="javascript:alert(1)">x</a>',
  '<style>body{background:url(https://evil.example)}</style>',
  '[x]: javascript:alert(1)\n\n[x]',
  '<https://ok.example/"onmouseover="alert(1)>',
  '`<b onclick=x>`',
];

describe('documents as HTML', () => {
  test.each(attacks)('cannot act: %s', (attack) => {
    expect(html(`Before\n\n${attack}\n\nAfter`)).not.toMatch(active);
    expect(rendered(text(attack, 1))).not.toMatch(active);
  });

  test('whatever the Markdown, nothing active comes out', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.constantFrom(...attacks)), { maxLength: 6 }),
        (parts) => {
          expect(html(parts.join('\n\n'))).not.toMatch(active);
          expect(rendered(text(parts.join(' '), 1))).not.toMatch(active);
        },
      ),
    );
  });

  test('shows raw HTML as the text it is', () => {
    expect(html('<script>alert(1)</script>')).toContain('&#x3C;script>alert(1)');
  });

  test('marks exactly the blocks between the offsets', () => {
    const content = 'First.\n\nSecond.\n\n- third\n- fourth\n\nFifth.';
    const marked = html(content, content.indexOf('Second'), content.indexOf('third') + 5);
    expect(marked).toContain('<p>First.</p>');
    expect(marked).toContain('<p class="cited">Second.</p>');
    expect(marked).toMatch(/<li class="cited">\s*third/u);
    expect(marked).toMatch(/<li>\s*fourth/u);
  });

  test('shows only the surroundings of a passage in a very long document', () => {
    const content = `${'word word word.\n\n'.repeat(20_000)}The passage.\n\n${'more.\n\n'.repeat(20_000)}`;
    const start = content.indexOf('The passage.');
    const shown = renderDocument({ title: '', content }, { start, end: start + 12 });
    expect(shown.shortened).toBe(true);
    expect(shown.html).toContain('<p class="cited">The passage.</p>');
  });

  test('leaves out a first heading that repeats the title', () => {
    expect(
      renderDocument({ title: 'Ports', content: '# Ports\n\nText' }, { start: 0, end: 0 }).html,
    ).toBe('<p>Text</p>');
  });
});

describe('answers as HTML', () => {
  test('draws citations as links, one mark for sentences that run on from one source', () => {
    const render = renderer();
    render(text('One.', 1));
    expect(render(text(' Two.', 1))).toBe(
      '<p>One. Two. <a href="#source-1" data-cite="1">1</a></p>',
    );
    expect(render(text('\n\nThree.', 2))).toContain(
      'data-cite="1">1</a></p>\n<p>Three. <a href="#source-2"',
    );
  });

  test('links in what is quoted are words: answers link to sources only', () => {
    const shown = rendered(text('See [docs](https://evil.example) or https://evil.example/x', 1));
    expect(shown.match(/<a /gu)).toHaveLength(1);
    expect(shown).toContain('data-cite="1"');
  });

  test('text cannot fake a citation', () => {
    expect(rendered(text('A \uE0007\uE001 <a data-cite="7">7</a>'))).not.toContain('<a');
  });
});
