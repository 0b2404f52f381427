import { fromHtml } from 'hast-util-from-html';
import { toMdast } from 'hast-util-to-mdast';
import { gfmToMarkdown } from 'mdast-util-gfm';
import { toMarkdown } from 'mdast-util-to-markdown';
import { PermanentError } from '../../stores/errors.ts';
import { codeLanguage } from './code-language.ts';
import type { Element, ElementContent, Root, RootContent } from './hast.ts';
import { withoutDeepNesting } from './nesting.ts';

/** Never part of the writing: code, controls, pictures drawn by markup. */
const dropped = new Set(
  'script style template noscript iframe object embed applet button input select textarea svg canvas dialog audio video map frame frameset base meta link'.split(
    ' ',
  ),
);
const headings = /^h[1-6]$/;
/** What Markdown writes on one line, so that a code block cannot stand in it. */
const oneLine = /^(?:h[1-6]|t[dh]|summary)$/;
/** Line numbers beside code, "copy" buttons, and what only screen readers or only printers get. */
const noise =
  /(?:^|\s)(?:gutter|linenos?|line-numbers-rows|lineno|sr-only|visually-hidden|screen-reader-text|copy-button|clipboard-copy)(?:\s|$)/;
/** Blocks that Markdown cannot write inside a link or emphasis. */
const standsAlone = /^(?:pre|ul|ol|dl|table|blockquote|hr|h[1-6])$/;
/** Elements that come out as the same Markdown emphasis. */
const emphases: Readonly<Record<string, string>> = {
  em: 'emphasis',
  i: 'emphasis',
  mark: 'emphasis',
  u: 'emphasis',
  b: 'strong',
  strong: 'strong',
  del: 'delete',
  s: 'delete',
  strike: 'delete',
};
const mostElements = 50_000;
const mostSpans = 1_000;
const longestSpan = 50;
const safeProtocols = new Set(['http:', 'https:', 'mailto:']);

/**
 * HTML as GitHub-flavoured Markdown: headings, lists, tables, code with its language, links and images.
 * With a base (an http(s) address), links come out absolute. No script and no link but http, https, mailto
 * and relative ones survives. Throws a PermanentError `html.too-deep` for what no parser can take.
 */
export function htmlToMarkdown(html: string, base?: string): string {
  try {
    const tree = fromHtml(withoutDeepNesting(html), { fragment: true });
    clean(tree, {
      base,
      spans: mostSpans,
      elements: mostElements,
      within: new Set(),
      oneLine: false,
    });
    const markdown = toMarkdown(toMdast(tree, { document: true }), {
      extensions: [gfmToMarkdown({ tablePipeAlign: false })],
      bullet: '-',
      rule: '-',
      fences: true,
    });
    return markdown.trim();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new PermanentError('The HTML nests too deep to be read.', {
      code: 'html.too-deep',
      cause: error,
    });
  }
}

type Cleaning = {
  readonly base: string | undefined;
  /** Table cells that may still span several columns or rows, and elements that may still come. */
  spans: number;
  elements: number;
  /** Emphasis that is already on: more of it says nothing, and its Markdown is slow to write. */
  readonly within: Set<string>;
  /** Whether an element is open that Markdown writes on one line. */
  oneLine: boolean;
};

function clean(parent: Root | Element, state: Cleaning): void {
  const kept: (RootContent & ElementContent)[] = [];
  const keep = (node: RootContent & ElementContent) => {
    const last = kept.at(-1);
    if (node.type === 'text' && last?.type === 'text') last.value += node.value;
    else kept.push(node);
  };
  for (const child of parent.children) {
    if (child.type === 'text') keep(child);
    if (child.type !== 'element' || isNoise(child)) continue;
    state.elements -= 1;
    if (state.elements < 0) throw tooLarge();
    if (child.tagName === 'pre') {
      if (state.oneLine) inlineCode(child);
      else labelCode(child, parent);
    }
    const emphasis = emphases[child.tagName];
    const isMore = emphasis !== undefined && state.within.has(emphasis);
    if (emphasis) state.within.add(emphasis);
    const { oneLine: outside } = state;
    state.oneLine ||= oneLine.test(child.tagName);
    clean(child, state);
    state.oneLine = outside;
    if (emphasis && !isMore) state.within.delete(emphasis);
    if (isPermalink(child, parent)) continue;
    if (isMore || !isKept(child, state)) {
      for (const grandchild of child.children) keep(grandchild);
      continue;
    }
    limitSpans(child, state);
    keep(child);
  }
  parent.children = kept;
}

/** Whether the element itself stays, and not only what is in it. */
function isKept(child: Element, state: Cleaning): boolean {
  if (child.tagName === 'span' || child.tagName === 'font') return false;
  const inline = child.tagName === 'a' || emphases[child.tagName] !== undefined;
  return link(child, state) && !(inline && holdsBlock(child));
}

function holdsBlock(element: Element): boolean {
  return element.children.some(
    (child) => child.type === 'element' && (standsAlone.test(child.tagName) || holdsBlock(child)),
  );
}

function tooLarge(): PermanentError {
  return new PermanentError('The page has too many elements to be an article.', {
    code: 'html.too-large',
  });
}

/** Makes links and images safe and absolute; false when only what is inside should stay. */
function link(element: Element, { base }: Cleaning): boolean {
  const { properties, tagName } = element;
  for (const name of ['cite', 'poster', 'longDesc', 'background']) delete properties[name];
  if (tagName === 'a') {
    const href = safeLink(properties['href'], base);
    properties['href'] = href;
    return href !== undefined;
  }
  if (tagName !== 'img') return true;
  const src = safeLink(properties['src'], base) ?? safeLink(properties['dataSrc'], base);
  properties['src'] = src;
  const alt = properties['alt'];
  if (!src && typeof alt === 'string') element.children = [{ type: 'text', value: alt }];
  return src !== undefined;
}

/** A cell may claim to span a thousand million columns, and the converter would make them all. */
function limitSpans({ tagName, properties }: Element, state: Cleaning): void {
  if (tagName !== 'td' && tagName !== 'th') return;
  for (const name of ['colSpan', 'rowSpan']) {
    const span = Number(properties[name] ?? 1);
    if (span > 1) state.spans -= 1;
    if (span > 1 && (span > longestSpan || state.spans < 0)) delete properties[name];
  }
}

function isNoise({ tagName, properties }: Element): boolean {
  if (dropped.has(tagName)) return true;
  if (properties['hidden'] !== undefined && properties['hidden'] !== false) return true;
  return noise.test(classes(properties));
}

function classes(properties: Element['properties']): string {
  const names = properties['className'];
  return Array.isArray(names) ? names.join(' ') : '';
}

/** The `#` or `¶` that many sites hang on a heading. */
function isPermalink(child: Element, parent: Root | Element): boolean {
  if (child.tagName !== 'a' || parent.type !== 'element' || !headings.test(parent.tagName)) {
    return false;
  }
  return /^(?:[#¶§🔗\s]|\u200b|\u2060)*$/u.test(words(child)) && !child.children.some(isImage);
}

function isImage(node: ElementContent): boolean {
  return node.type === 'element' && node.tagName === 'img';
}

function words(element: Element): string {
  return element.children
    .map((child) =>
      child.type === 'text' ? child.value : child.type === 'element' ? words(child) : '',
    )
    .join('');
}

/** A code block where only a line fits: its words, as inline code. */
function inlineCode(pre: Element): void {
  pre.tagName = 'code';
  pre.properties = {};
  pre.children = [{ type: 'text', value: words(pre) }];
}

/** Puts the language of a code block where Markdown writers look for it: on a `code` inside the `pre`. */
function labelCode(pre: Element, parent: Root | Element): void {
  const code = pre.children.find(
    (child): child is Element => child.type === 'element' && child.tagName === 'code',
  );
  const around = parent.type === 'element' ? [parent.properties] : [];
  const language = codeLanguage([...(code ? [code.properties] : []), pre.properties, ...around]);
  const className = language ? [`language-${language}`] : [];
  if (code) code.properties['className'] = className;
  else {
    pre.children = [
      { type: 'element', tagName: 'code', properties: { className }, children: pre.children },
    ];
  }
}

/** A link that may be followed, absolute where there is a base; undefined for any other. */
function safeLink(link: unknown, base: string | undefined): string | undefined {
  if (typeof link !== 'string' || link.trim() === '') return undefined;
  // Parsed as a browser would: it ignores tabs, newlines and leading controls in "java\nscript:".
  const url = URL.parse(link, base ?? 'https://relative.invalid/');
  if (!url || !safeProtocols.has(url.protocol) || url.username || url.password) return undefined;
  if (base || url.hostname !== 'relative.invalid') return url.href;
  return /^[\w./#?=%+~@,-]*$/.test(link)
    ? link
    : `${url.pathname}${url.search}${url.hash}`.slice(1);
}
