import type { Passage } from '../port.ts';
import { type Block, blocks, listItems, tableRows } from './blocks.ts';
import { sentences } from './sentences.ts';
import { stems, wordCount } from './terms.ts';
import { isDangling, plainMarkdown } from './tidy.ts';

/** The smallest thing that is quoted: a sentence, or a block that would be broken if cut. */
export type Unit = {
  readonly passage: Passage;
  /** Position in its passage. */
  readonly index: number;
  readonly kind: 'sentence' | 'item' | 'list' | 'code' | 'row';
  /** Readable Markdown. */
  readonly text: string;
  /** Which block of the passage it comes from; rows and items of one block share it. */
  readonly block: number;
  /** The table's header and delimiter lines, for a row. */
  readonly head: string;
  readonly stems: readonly string[];
  /** Stems of what stands above it: heading path, title, author, date. */
  readonly context: ReadonlySet<string>;
  /** Stems of the sentence before it, or of the one that introduces a block. */
  readonly before: ReadonlySet<string>;
  readonly length: number;
  /** Follows a question, or a line that announces it ("Like this:"): what those say, it answers. */
  readonly answers: boolean;
  /** Cannot be understood without the unit before it, in the same passage. */
  readonly leansBack: boolean;
};

/** A list this short, in words, is quoted whole. */
const wholeListWords = 60;

export function unitsOf(passage: Passage): Unit[] {
  const above = new Set(stems(passage.context));
  const found: Unit[] = [];
  let under: readonly string[] = [];
  let introduced = false;

  const isSameBlock = (block: number) => found.at(-1)?.block === block;
  const add = (
    block: number,
    kind: Unit['kind'],
    text: string,
    { head = '', leansBack = false }: { readonly head?: string; readonly leansBack?: boolean } = {},
  ) => {
    if (wordCount(text) === 0) return;
    found.push({
      passage,
      index: found.length,
      kind,
      text,
      block,
      head,
      stems: stems(head === '' ? text : `${headLine(head)} ${text}`),
      context: new Set([...above, ...under]),
      before: new Set(introduced || isSameBlock(block) ? found.at(-1)?.stems : []),
      length: wordCount(text),
      answers: (introduced || isSameBlock(block)) && opens(found.at(-1)?.text ?? ''),
      leansBack: leansBack && found.length > 0,
    });
  };

  blocks(passage.text).forEach((block, number) => {
    switch (block.kind) {
      case 'heading':
        under = stems(block.source);
        break;
      case 'code':
        add(number, 'code', closedFence(block.source), { leansBack: introduced });
        break;
      case 'table': {
        const { head, rows } = tableRows(plainMarkdown(block.source));
        for (const row of rows) add(number, 'row', row, { head });
        break;
      }
      case 'list':
        addList(block, number, introduced);
        break;
      case 'paragraph':
        sentences(plainMarkdown(block.source), passage.language).forEach((sentence, position) => {
          add(number, 'sentence', sentence, { leansBack: position > 0 && isDangling(sentence) });
        });
        break;
      default:
        block.kind satisfies never;
    }
    introduced = block.kind === 'paragraph' && /[:：]\s*$/u.test(block.source);
  });
  return found;

  function addList({ source }: Block, number: number, leansBack: boolean): void {
    const plain = plainMarkdown(source).trim();
    if (wordCount(plain) <= wholeListWords) {
      add(number, 'list', plain, { leansBack });
      return;
    }
    for (const item of listItems(plain)) add(number, 'item', item);
  }
}

/** A sentence that says nothing itself: what it asks or announces comes after it. */
export function opens(text: string): boolean {
  return /[?？:：]\W*$/u.test(text);
}

function headLine(head: string): string {
  return head.split('\n')[0] ?? '';
}

/** A code block cut off by the passage's end gets its closing fence, so that what follows is not code. */
function closedFence(source: string): string {
  const fence = /^\s*(`{3,}|~{3,})/u.exec(source)?.[1] ?? '```';
  const lines = source.split('\n');
  const last = lines.at(-1)?.trim() ?? '';
  return lines.length > 1 && last.startsWith(fence) ? source : `${source}\n${fence}`;
}
