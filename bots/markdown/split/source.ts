import { endOf, type Node, startOf } from '../parse.ts';

/** A node as it was written, from the beginning of its line: indentation belongs to indented code. */
export function sourceOf(markdown: string, node: Node) {
  const end = node.position === undefined ? markdown.length : endOf(node);
  const indent = /[ \t]*$/u.exec(markdown.slice(0, startOf(node)))?.[0].length ?? 0;
  const start = startOf(node) - indent;
  return { text: markdown.slice(start, end), start, end };
}
