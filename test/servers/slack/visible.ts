import type { Block, Message } from './types.ts';

/**
 * What a person reads in a message: the text of its blocks, one block a line, or its text when it has none.
 * While it streams, and after, the streamed Markdown comes first. Labels of buttons and tasks are left out:
 * `buttonsOf` and `Message.stream` have them.
 */
export function visibleText(message: Pick<Message, 'text' | 'blocks' | 'deleted'>): string {
  if (message.deleted) return '';
  return message.blocks.length === 0 ? message.text : textOfBlocks(message.blocks);
}

export function textOfBlocks(blocks: readonly Block[]): string {
  return blocks
    .map(textOfBlock)
    .filter((text) => text !== '')
    .join('\n');
}

// Controls are pressed, not read; task cards and plans are progress, not the answer.
const SILENT = new Set(['actions', 'context_actions', 'task_card', 'plan', 'divider', 'input']);

function textOfBlock(block: Block): string {
  return SILENT.has(block.type) ? '' : textIn(block);
}

function textIn(value: unknown): string {
  if (Array.isArray(value)) return value.map(textIn).filter(Boolean).join(separator(value));
  if (!isRecord(value)) return '';
  const type = value['type'];
  if (type === 'button' || typeof value['action_id'] === 'string') return '';
  if (type === 'emoji') return `:${value['name']}:`;
  if (type === 'user') return `<@${value['user_id']}>`;
  if (type === 'broadcast') return `<!${value['range']}>`;
  if (type === 'link') return String(value['text'] ?? value['url']);
  if (type === 'image') return String(value['alt_text']);
  if (typeof value['text'] === 'string') return value['text'];
  return [
    'title',
    'caption',
    'subtitle',
    'text',
    'fields',
    'body',
    'rows',
    'elements',
    'child_blocks',
  ]
    .map((key) => textIn(value[key]))
    .filter(Boolean)
    .join('\n');
}

/** Runs of rich text join as they are; everything else stands apart. */
function separator(values: readonly unknown[]): string {
  const run = values.every(
    (value) =>
      isRecord(value) && /^(text|link|emoji|user|channel|broadcast)$/.test(String(value['type'])),
  );
  return run ? '' : '\n';
}

export type Pressable = { readonly action_id: string; readonly block_id: string } & Readonly<
  Record<string, unknown>
>;

/** Every element that can be pressed or chosen, with the id of its block. */
export function controlsOf(blocks: readonly Block[]): readonly Pressable[] {
  return blocks.flatMap((block) => controlsIn(block, String(block['block_id'] ?? '')));
}

function controlsIn(value: unknown, blockId: string): Pressable[] {
  if (Array.isArray(value)) return value.flatMap((item) => controlsIn(item, blockId));
  if (!isRecord(value)) return [];
  const own = typeof value['block_id'] === 'string' ? value['block_id'] : blockId;
  const here =
    typeof value['action_id'] === 'string'
      ? [{ ...value, action_id: value['action_id'], block_id: own }]
      : [];
  return [...here, ...Object.values(value).flatMap((item) => controlsIn(item, own))];
}

/** Labels of a message's buttons, in order. */
export function buttonsOf(message: Pick<Message, 'blocks'>): readonly string[] {
  return controlsOf(message.blocks)
    .map((control) => control['text'])
    .map((text) => (isRecord(text) ? String(text['text']) : ''))
    .filter((label) => label !== '');
}

/** Everything in a message that would notify somebody: mentions of people, groups, channels and everyone. */
export function pingsOf(message: Pick<Message, 'text' | 'blocks'>): readonly string[] {
  const seen = `${message.text}\n${textOfBlocks(message.blocks)}`;
  return (
    seen.match(/<@[UW][A-Z0-9]+(?:\|[^>]*)?>|<!(?:channel|here|everyone|subteam)[^>]*>/g) ?? []
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
