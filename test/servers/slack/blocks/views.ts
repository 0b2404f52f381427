import { z } from 'zod';
import { mistake, Refusal } from '../core.ts';
import { checkBlocks, issuesOf } from './check.ts';
import { plain } from './text.ts';

const shared = {
  blocks: z.array(z.unknown()),
  private_metadata: z.string().max(3_000).optional(),
  callback_id: z.string().max(255).optional(),
  external_id: z.string().max(255).optional(),
};

const modal = z.strictObject({
  type: z.literal('modal'),
  ...shared,
  title: plain(24),
  close: plain(24).optional(),
  submit: plain(24).optional(),
  clear_on_close: z.boolean().optional(),
  notify_on_close: z.boolean().optional(),
});

const home = z.strictObject({ type: z.literal('home'), ...shared });

export type ViewSource = z.infer<typeof modal> | z.infer<typeof home>;

const MOST_BYTES = 250_000;

/** The view, if Slack would take it on this surface. */
export function checkView(value: unknown, type: 'modal' | 'home'): ViewSource {
  const schema = type === 'modal' ? modal : home;
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const messages = issuesOf(parsed.error, '/view').map((one) => `[ERROR] ${one}`);
    throw new Refusal('invalid_arguments', { mistake: true, messages });
  }
  if (JSON.stringify(value).length > MOST_BYTES) throw mistake('view_too_large');
  const blocks = checkBlocks(parsed.data.blocks, type, '/view/blocks');
  const hasInput = blocks.some((block) => block.type === 'input');
  if (
    type === 'modal' &&
    hasInput &&
    !('submit' in parsed.data && parsed.data.submit !== undefined)
  ) {
    throw mistake('invalid_arguments', 'missing required field: submit [json-pointer:/view]');
  }
  return parsed.data;
}
