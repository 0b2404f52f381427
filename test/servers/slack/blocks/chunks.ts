import { z } from 'zod';
import { mistake, Refusal } from '../core.ts';
import { source } from './blocks.ts';
import { checkBlocks, issuesOf } from './check.ts';

/** What streams are made of: docs.slack.dev/reference/methods/chat.appendStream. */

const MOST_TEXT = 12_000;

const chunk = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('markdown_text'), text: z.string().min(1) }),
  z.strictObject({
    type: z.literal('task_update'),
    id: z.string().min(1).max(255),
    title: z.string().min(1).max(256),
    status: z.enum(['pending', 'in_progress', 'complete', 'error']),
    details: z.string().max(256).optional(),
    output: z.string().max(256).optional(),
    sources: z.array(source).optional(),
  }),
  z.strictObject({ type: z.literal('plan_update'), title: z.string().min(1).max(256) }),
  z.strictObject({ type: z.literal('blocks'), blocks: z.array(z.unknown()).min(1) }),
]);

export type Chunk = z.infer<typeof chunk>;

/** The chunks, if Slack would take them. The length of text counts per chunk. */
export function checkChunks(value: unknown): readonly Chunk[] {
  if (!Array.isArray(value)) throw mistake('invalid_chunks', 'chunks must be an array');
  return value.map((item, index) => {
    const parsed = chunk.safeParse(item);
    if (!parsed.success) {
      const messages = issuesOf(parsed.error, `/chunks/${index}`).map((one) => `[ERROR] ${one}`);
      throw new Refusal('invalid_chunks', { mistake: true, messages });
    }
    const { data } = parsed;
    if (data.type === 'markdown_text' && data.text.length > MOST_TEXT) {
      throw mistake(
        'msg_too_long',
        `chunk of ${data.text.length} characters, at most ${MOST_TEXT}`,
      );
    }
    if (data.type === 'blocks') {
      if (data.blocks.length > 50) throw mistake('msg_blocks_too_many');
      checkBlocks(data.blocks, 'message', `/chunks/${index}/blocks`);
    }
    return data;
  });
}
