import { z } from 'zod';
import { checkBlocks } from '../blocks/check.ts';
import { mistake } from '../core.ts';
import type { Channel } from '../team.ts';
import type { Block } from '../types.ts';
import { flag, json } from './args.ts';

/** What a message says: text, blocks, Markdown, attachments. */
export const content = {
  text: z.string().optional(),
  blocks: json.optional(),
  attachments: json.optional(),
  markdown_text: z.string().optional(),
  parse: z.enum(['none', 'full']).optional(),
  link_names: flag.optional(),
};

export const authorship = {
  as_user: flag.optional(),
  icon_emoji: z.string().optional(),
  icon_url: z.string().optional(),
  username: z.string().optional(),
};

export type Content = {
  readonly text?: string | undefined;
  readonly blocks?: unknown;
  readonly attachments?: unknown;
  readonly markdown_text?: string | undefined;
};

export type Said = {
  readonly text: string;
  readonly blocks: readonly Block[] | undefined;
  readonly attachments: readonly unknown[] | undefined;
};

export const MOST_MARKDOWN = 12_000;
const MOST_ATTACHMENTS = 100;

/** What is said, if Slack would take it; `mostText` in characters. */
export function checkContent(given: Content, mostText: number): Said {
  const { text, markdown_text: markdown } = given;
  if (markdown !== undefined && (text !== undefined || given.blocks !== undefined)) {
    throw mistake('markdown_text_conflict');
  }
  if ((text?.length ?? 0) > mostText) {
    throw mistake('msg_too_long', `text of ${text?.length} characters, at most ${mostText}`);
  }
  if ((markdown?.length ?? 0) > MOST_MARKDOWN) {
    throw mistake('msg_too_long', `markdown_text of ${markdown?.length} characters`);
  }
  const blocks = given.blocks === undefined ? undefined : checkBlocks(given.blocks, 'message');
  const attachments = attachmentsOf(given.attachments);
  const saysNothing = [text ?? '', markdown ?? ''].every((it) => it.trim() === '');
  if (saysNothing && !blocks?.length && !attachments?.length) throw mistake('no_text');
  return markdown === undefined
    ? { text: text ?? '', blocks, attachments }
    : { text: markdown, blocks: [{ type: 'markdown', text: markdown }], attachments };
}

function attachmentsOf(given: unknown): readonly unknown[] | undefined {
  if (given === undefined) return undefined;
  if (!Array.isArray(given)) throw mistake('invalid_attachments', 'must be an array');
  if (given.length > MOST_ATTACHMENTS) throw mistake('too_many_attachments');
  return given;
}

const metadataShape = z.union([
  z.strictObject({}),
  z.strictObject({
    event_type: z.string().min(1).max(255),
    event_payload: z.record(z.string(), z.unknown()),
  }),
]);

/** Metadata, if Slack would take it. An empty object takes away what was there. */
export function checkMetadata(given: unknown): unknown {
  if (given === undefined) return undefined;
  const parsed = metadataShape.safeParse(given);
  if (!parsed.success) throw mistake('invalid_metadata_schema', 'event_type and event_payload');
  return parsed.data;
}

/** The message that a reply belongs under. */
export function threadOf(
  channel: Channel,
  threadTs: string | undefined,
  violate: (message: string) => void,
): string | undefined {
  if (threadTs === undefined) return undefined;
  const root = channel.byTs.get(threadTs);
  if (root === undefined)
    throw mistake('thread_not_found', `no message ${threadTs} in ${channel.id}`);
  if (root.thread_ts === undefined || root.thread_ts === root.ts) return root.ts;
  violate(`${threadTs} is itself a reply; a reply names the first message of its thread`);
  return root.thread_ts;
}
