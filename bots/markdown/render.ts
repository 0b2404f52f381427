import { type LinkOptions, webAddress } from './links.ts';
import {
  type Block,
  type Code,
  type Inline,
  type List,
  type Node,
  parseMarkdown,
  type Table,
  wordsOf,
} from './parse.ts';
import { apart } from './pings.ts';
import type { Alignment } from './width.ts';

/** How one platform writes what Markdown means. Texts arrive raw, `inner` already written. */
export type Flavour = {
  readonly text: (value: string) => string;
  readonly code: (value: string) => string;
  readonly strong: (inner: string) => string;
  readonly emphasis: (inner: string) => string;
  readonly strike: (inner: string) => string;
  /** `words` is the label without markup; `bare` when the label is the address itself. */
  readonly link: (link: { inner: string; words: string; url: string; bare: boolean }) => string;
  readonly lineBreak: string;
  /** Makes a line of a paragraph harmless that would begin a block. */
  readonly line: (line: string) => string;
  readonly heading: (depth: number, inner: string) => string;
  /** Headings that are bold already cannot hold bold words. */
  readonly boldHeading: (depth: number) => boolean;
  readonly codeBlock: (value: string, language: string) => string;
  readonly quote: (inner: string) => string;
  readonly rule: string;
  readonly bullet: (depth: number) => string;
  readonly checkbox: (checked: boolean) => string;
  readonly table: (rows: readonly (readonly Cell[])[], alignments: readonly Alignment[]) => string;
};

/** A cell with its markup, and as bare words for tables that are code. */
export type Cell = { readonly inner: string; readonly words: string };

type Writing = { readonly flavour: Flavour; readonly options: LinkOptions };

/** Markdown as a platform writes it; the content's control characters are gone. */
export function renderMarkdown(markdown: string, flavour: Flavour, options: LinkOptions): string {
  return blocks(parseMarkdown(markdown).children, { flavour, options }, 0);
}

function blocks(nodes: readonly Node[], writing: Writing, depth: number): string {
  return nodes
    .map((node) => block(node as Block, writing, depth))
    .filter((written) => written !== '')
    .join('\n\n');
}

function block(node: Block, writing: Writing, depth: number): string {
  const { flavour } = writing;
  switch (node.type) {
    case 'paragraph':
      return paragraph(inlines(node.children, writing), flavour);
    case 'heading': {
      const bold = flavour.boldHeading(node.depth);
      const inside = bold ? { ...writing, flavour: { ...flavour, strong: same } } : writing;
      const inner = oneLine(inlines(node.children, inside));
      return inner === '' ? '' : flavour.heading(node.depth, inner);
    }
    case 'code':
      return flavour.codeBlock(clean(node.value), languageOf(node));
    case 'blockquote':
      return flavour.quote(blocks(node.children, writing, depth));
    case 'list':
      return list(node, writing, depth);
    case 'table':
      return table(node, writing);
    case 'thematicBreak':
      return flavour.rule;
    default:
      return paragraph(inline(node as Inline, writing), flavour);
  }
}

function paragraph(inner: string, flavour: Flavour): string {
  return inner
    .split('\n')
    .map((line) => flavour.line(line.replace(/^[ \t]+/u, '')))
    .join('\n')
    .trim();
}

function list(node: List, writing: Writing, depth: number): string {
  const { flavour } = writing;
  return node.children
    .map((item, index) => {
      const marker = node.ordered ? `${(node.start ?? 1) + index}. ` : flavour.bullet(depth);
      const box = typeof item.checked === 'boolean' ? flavour.checkbox(item.checked) : '';
      const [first, ...others] = item.children.map((child) => ({
        written: block(child, writing, depth + 1),
        // A list within an item follows its words directly: the items stand together.
        gap: child.type === 'list' ? '\n' : '\n\n',
      }));
      const rest = others.filter(({ written }) => written !== '');
      const body = (first?.written ?? '') + rest.map(({ gap, written }) => gap + written).join('');
      return indented(marker, `${box}${body}`.trimStart()).trimEnd();
    })
    .join('\n');
}

function indented(marker: string, body: string): string {
  const indent = ' '.repeat(marker.length);
  return marker + body.replace(/\n(?!\n|$)/gu, `\n${indent}`);
}

function table(node: Table, writing: Writing): string {
  const rows = node.children.map((row) =>
    row.children.map((cell) => ({
      inner: oneLine(inlines(cell.children, writing)),
      words: oneLine(clean(cell.children.map((child) => wordsOf(child)).join(''))),
    })),
  );
  return writing.flavour.table(rows, node.align ?? []);
}

function inlines(nodes: readonly Inline[], writing: Writing): string {
  let written = '';
  for (const node of nodes) {
    const next = inline(node, writing);
    // Marks that touch would be read as one: "*a*" and "**b**" as "*a***b**".
    const touching = node.type !== 'text' && /[*_~`]$/u.test(written) && /^[*_~`]/u.test(next);
    written = touching ? apart(written, next) : written + next;
  }
  return written;
}

function inline(node: Inline, writing: Writing): string {
  const { flavour } = writing;
  switch (node.type) {
    case 'text':
      return flavour.text(clean(node.value).replace(/[ \t]*\n\s*/gu, '\n'));
    case 'inlineCode':
      return flavour.code(oneLine(clean(node.value)));
    case 'strong':
      return wrapped(inlines(node.children, writing), flavour.strong);
    case 'emphasis':
      return wrapped(inlines(node.children, writing), flavour.emphasis);
    case 'delete':
      return wrapped(inlines(node.children, writing), flavour.strike);
    case 'break':
      return flavour.lineBreak;
    case 'link':
      return link(node.url, wordsOf(node), inlines(node.children, writing), writing);
    case 'image': {
      const words = oneLine(clean(node.alt ?? ''));
      return link(node.url, words, flavour.text(words), writing);
    }
    default:
      return flavour.text(clean(wordsOf(node)));
  }
}

function link(target: string, label: string, inner: string, { flavour, options }: Writing): string {
  const words = oneLine(clean(label));
  const url = webAddress(target);
  const bare =
    words === '' || target === words || target.replace(/^(?:mailto:|http:\/\/)/u, '') === words;
  if (url !== null && (options.mayLink?.(url) ?? true)) {
    return flavour.link({ inner: oneLine(inner), words: words === '' ? url : words, url, bare });
  }
  // Where it would have led is shown only when that is not the label already, and never as a link.
  const shown = flavour.text(clean(target));
  if (url !== null && words !== '') return bare ? unlinked(inner) : inner;
  return words === '' || bare ? unlinked(shown) : `${inner} (${unlinked(shown)})`;
}

/** An address in plain text that platforms would make a link by themselves. */
function unlinked(text: string): string {
  return text.replace(/:(?=\/\/)/gu, apart(':', '')).replace(/\bwww(?=\.)/giu, apart('www', ''));
}

/** Marks hug the words: with a space inside they would be shown as they are. */
function wrapped(inner: string, wrap: (inner: string) => string): string {
  const words = inner.trim();
  if (words === '') return inner;
  const start = inner.indexOf(words);
  return inner.slice(0, start) + wrap(words) + inner.slice(start + words.length);
}

const same = (inner: string) => inner;

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/gu, ' ').trim();
}

function languageOf({ lang }: Code): string {
  return /^[\w+#.-]{1,30}$/u.test(lang ?? '') ? (lang ?? '') : '';
}

/** Without control characters, which terminals obey, and the overrides that turn text around unseen. */
function clean(text: string): string {
  return text
    .replace(/\r\n?/gu, '\n')
    .replace(/\t/gu, '    ')
    .replace(/[\p{Cc}\u202D\u202E]/gu, (character) => (character === '\n' ? '\n' : ''))
    .toWellFormed();
}
