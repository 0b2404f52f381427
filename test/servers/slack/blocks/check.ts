import type { z } from 'zod';
import { Refusal } from '../core.ts';
import type { Block } from '../types.ts';
import { controlsOf } from '../visible.ts';
import { block } from './blocks.ts';

export type Surface = 'message' | 'modal' | 'home';

const MOST_BLOCKS = { message: 50, modal: 100, home: 100 } as const;
const MOST_MARKDOWN = 12_000;
// Not documented, but measured (slackapi/bolt-js issue 2509): all blocks of a message together, where each block
// costs something of its own.
const MOST_TOGETHER = 13_297;
const COST_OF_A_BLOCK = 125;

// What only some surfaces can show.
const ELSEWHERE: Readonly<Record<Surface, readonly string[]>> = {
  message: [],
  modal: [
    'markdown',
    'table',
    'context_actions',
    'task_card',
    'plan',
    'carousel',
    'card',
    'container',
  ],
  home: ['markdown', 'table', 'context_actions', 'task_card', 'plan', 'carousel'],
};

/** The blocks, if Slack would take them; throws `invalid_blocks` and its kin otherwise. */
export function checkBlocks(value: unknown, surface: Surface, at = '/blocks'): readonly Block[] {
  if (!Array.isArray(value)) throw invalid('invalid_blocks_format', ['must be an array']);
  if (value.length > MOST_BLOCKS[surface]) {
    throw invalid('invalid_blocks', [
      `no more than ${MOST_BLOCKS[surface]} items allowed [json-pointer:${at}]`,
    ]);
  }
  const problems = value.flatMap((item, index) => problemsOf(item, `${at}/${index}`, surface));
  const blocks = value as Block[];
  problems.push(...doubled(blocks, at));
  if (problems.length > 0) throw invalid('invalid_blocks', problems);
  const markdown = blocks.filter(({ type }) => type === 'markdown');
  const length = markdown.reduce((sum, one) => sum + String(one['text']).length, 0);
  if (length > MOST_MARKDOWN) {
    throw invalid('msg_blocks_too_long', [
      `${length} characters of markdown, at most ${MOST_MARKDOWN}`,
    ]);
  }
  const together = lengthIn(blocks) + COST_OF_A_BLOCK * (blocks.length - 1);
  if (surface === 'message' && together > MOST_TOGETHER) {
    throw invalid('msg_blocks_too_long', [
      `about ${together} characters, at most ${MOST_TOGETHER}`,
    ]);
  }
  if (blocks.filter(({ type }) => type === 'table').length > 1) {
    throw invalid('invalid_attachments', ['only_one_table_allowed']);
  }
  return blocks;
}

function problemsOf(item: unknown, pointer: string, surface: Surface): string[] {
  const parsed = block.safeParse(item);
  if (!parsed.success) return issuesOf(parsed.error, pointer);
  if (ELSEWHERE[surface].includes(parsed.data.type)) {
    return [`unsupported type: ${parsed.data.type} [json-pointer:${pointer}/type]`];
  }
  return [];
}

/** Zod's issues in the words and with the pointers of Slack. */
export function issuesOf(error: z.ZodError, pointer: string): string[] {
  return error.issues.map((issue) => {
    const where = [pointer, ...issue.path.map(String)].join('/');
    const what =
      issue.code === 'too_big' && issue.origin === 'string'
        ? `must be less than ${Number(issue.maximum) + 1} characters`
        : issue.code === 'too_big' && issue.origin === 'array'
          ? `no more than ${issue.maximum} items allowed`
          : issue.code === 'invalid_union'
            ? `unsupported type or shape: ${issue.message}`
            : issue.message;
    return `${what} [json-pointer:${where}]`;
  });
}

/** Characters of every text in the blocks, however deep. */
function lengthIn(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + lengthIn(item), 0);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce(
    (sum, [key, item]) =>
      sum + (key === 'text' && typeof item === 'string' ? item.length : lengthIn(item)),
    0,
  );
}

function doubled(blocks: readonly Block[], at: string): string[] {
  const problems: string[] = [];
  const blockIds = new Set<string>();
  for (const [index, one] of blocks.entries()) {
    const id = one?.block_id;
    if (typeof id !== 'string') continue;
    if (blockIds.has(id))
      problems.push(`block_id "${id}" already exists [json-pointer:${at}/${index}/block_id]`);
    blockIds.add(id);
  }
  for (const [index, one] of blocks.entries()) {
    // An action id has to be its own only within its block: the platform names both in an interaction.
    const seen = new Set<string>();
    for (const { action_id } of controlsOf([one])) {
      if (seen.has(action_id))
        problems.push(`action_id "${action_id}" already exists [json-pointer:${at}/${index}]`);
      seen.add(action_id);
    }
  }
  return problems;
}

function invalid(error: string, messages: readonly string[]): Refusal {
  return new Refusal(error, { mistake: true, messages: messages.map((one) => `[ERROR] ${one}`) });
}
