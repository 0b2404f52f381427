import { clean } from '../clean/clean.ts';
import type { Block } from './block.ts';
import { trimEnd, trimStart } from './lines.ts';
import { countTokens } from './tokens.ts';
import type { Unit } from './unit.ts';

/** A top-level block as the packer first sees it; `block` stays at hand in case it has to be divided. */
export type BlockUnit = Unit & { readonly block: Block };
export type BlockSection = {
  readonly path: readonly string[];
  readonly units: readonly BlockUnit[];
};

/**
 * Blocks under their heading path. The units partition the content: each reaches to where the next one
 * begins, so whatever a parser may have left out between two blocks is not lost.
 */
export function sectionsOf(
  content: string,
  blocks: readonly Block[],
  weighComments = false,
): BlockSection[] {
  const sections: { path: readonly string[]; units: BlockUnit[] }[] = [];
  const path: { readonly depth: number; readonly title: string }[] = [];
  let current: { path: readonly string[]; units: BlockUnit[] } | undefined;
  let from = 0;
  for (const [index, block] of blocks.entries()) {
    const next = blocks[index + 1]?.start ?? content.length;
    const start = trimStart(content, from, next);
    const end = trimEnd(content, start, next);
    from = next;
    if (end === start) continue;
    // Comments weigh nothing and are never divided: a part of one would not be known for what it is.
    const comment =
      !weighComments &&
      content.startsWith('<!--', start) &&
      clean(content.slice(start, end)) === '';
    const tokens = comment ? 0 : countTokens(content, start, end);
    if (block.kind === 'heading') {
      const depth = block.depth ?? 1;
      while ((path.at(-1)?.depth ?? 0) >= depth) path.pop();
      path.push({ depth, title: headingTitle(content.slice(block.start, block.end)) });
      current = undefined;
    }
    if (!current) {
      current = { path: path.map(({ title }) => title).filter((title) => title !== ''), units: [] };
      sections.push(current);
    }
    current.units.push({ start, end, tokens, kind: unitKind(block), block });
  }
  return sections;
}

function unitKind({ kind }: Block): Unit['kind'] {
  return kind === 'list' || kind === 'item' || kind === 'quote' ? 'other' : kind;
}

/** Longest heading text that is shown in a path, in UTF-16 units. */
const longestTitle = 120;

/** A heading's words: without its marks, links by their text, code and emphasis without marks. */
export function headingTitle(markdown: string): string {
  // A line that a machine wrote may be megabytes long.
  const title = markdown
    .slice(0, 1_000)
    .replace(/^[ \t]*#{1,6}[ \t]*/, '')
    .replace(/[ \t]+#+[ \t]*$/, '')
    .replace(/\n[ \t]*(?:=+|-+)[ \t]*$/, '')
    .replace(/<[^>]{0,300}>/g, '')
    .replace(/!?\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])/g, '$1')
    .replace(/[`*]+|(?<![\p{L}\p{N}])_+|_+(?![\p{L}\p{N}])/gu, '')
    .replace(/\{#[\w-]+\}\s*$/, '')
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')
    .replace(/\s+/g, ' ')
    .trim();
  return title.length <= longestTitle ? title : `${title.slice(0, longestTitle - 1).trimEnd()}…`;
}
