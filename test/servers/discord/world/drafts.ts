import type { APIMessage } from 'discord.js';
import { couldPing, type Draft, isV2, messageErrors } from '../limits/message.ts';
import { ApiError, limitBroken } from '../rest/errors.ts';
import type { Violation } from '../types/server.ts';
import { type Component, numbered } from './components.ts';
import type { AttachmentState, MessageState, World } from './world.ts';
import { type Changes, LOADING, revise } from './writing.ts';

/** Bodies that describe messages: checked against the limits, then made into state. */

export type Upload = { readonly filename: string; readonly text: string };
export type Note = (kind: Violation['kind'], message: string) => void;

export const EPHEMERAL = 64;
const SUPPRESS_EMBEDS = 4;
const V2 = 1 << 15;
const OLD_MS = 3_600_000;

/** The parts of a new message; throws 50035 or 50006. */
export function drafted(world: World, draft: Draft, files: readonly Upload[], note: Note) {
  const flags = (draft.flags ?? 0) & (SUPPRESS_EMBEDS | EPHEMERAL | V2 | 4096);
  const errors = messageErrors(draft, isV2(flags), files);
  if (errors.length > 0) throw limitBroken(errors);
  const risk = couldPing(draft);
  if (risk) note('allowed-mentions', risk);
  const components = numbered(draft.components ?? []);
  const content = draft.content ?? '';
  const embeds = embedded(draft);
  if (!content.trim() && embeds.length === 0 && components.length === 0 && files.length === 0) {
    throw new ApiError(50_006, { violation: 'limit' });
  }
  return {
    content,
    embeds,
    components: components as unknown as NonNullable<APIMessage['components']>,
    flags,
    attachments: files.map((file) => attach(world, file)),
    mentions: draft.allowed_mentions ?? undefined,
  };
}

/** Changes a message as PATCH does: what the body does not name stays. */
export function edit(
  world: World,
  message: MessageState,
  draft: Draft,
  files: readonly Upload[],
  note: Note,
): void {
  const before = isV2(message.flags);
  const asked = draft.flags ?? undefined;
  if (before && asked !== undefined && !isV2(asked)) {
    const text = 'MessageFlags.IS_COMPONENTS_V2 cannot be removed from a message.';
    throw limitBroken([
      { path: ['flags'], code: 'MESSAGE_CANNOT_REMOVE_COMPONENTS_V2_FLAG', message: text },
    ]);
  }
  if (asked !== undefined && asked & EPHEMERAL && message.ephemeralFor === undefined) {
    note('limit', 'an edit cannot make a message ephemeral: everybody still sees it');
  }
  const v2 = before || (asked !== undefined && isV2(asked));
  const left = draft.content === undefined ? message.content : (draft.content ?? '');
  const embeds = draft.embeds === undefined ? message.embeds : embedded(draft);
  const whole: Draft = {
    ...draft,
    content: left,
    embeds: embeds as unknown as Record<string, unknown>[],
    components: draft.components ?? (message.components as unknown as Component[]),
  };
  const kept = keptAttachments(message, draft);
  const errors = messageErrors(whole, v2, [...kept, ...files]);
  if (errors.length > 0) throw limitBroken(errors);
  const risk = couldPing(draft);
  if (risk) note('allowed-mentions', risk);
  const suppressed =
    asked === undefined
      ? message.flags
      : (message.flags & ~SUPPRESS_EMBEDS) | (asked & SUPPRESS_EMBEDS);
  const changes: Changes = {
    content: left,
    embeds,
    ...(draft.components !== undefined && {
      components: numbered(draft.components ?? []) as unknown as NonNullable<
        APIMessage['components']
      >,
    }),
    attachments: [...kept, ...files.map((file) => attach(world, file))],
    flags: (suppressed & ~LOADING) | (v2 ? V2 : 0),
    mentions: draft.allowed_mentions ?? undefined,
  };
  const components = changes.components ?? message.components;
  if (
    !left.trim() &&
    embeds.length + components.length + (changes.attachments?.length ?? 0) === 0
  ) {
    throw new ApiError(50_006, { violation: 'limit' });
  }
  revise(world, message, changes);
}

/** Throws 30046 when messages older than an hour were edited too often in this channel. */
export function createOldEdits(world: World): (message: MessageState) => void {
  const { limit, windowMs } = world.options.oldEdits ?? { limit: 3, windowMs: 20_000 };
  const edits = new Map<string, number[]>();
  return (message) => {
    const now = world.clock.now();
    if (now - message.createdAt <= OLD_MS) return;
    const recent = (edits.get(message.channelId) ?? []).filter((at) => now - at < windowMs);
    const [oldest] = recent;
    if (recent.length >= limit && oldest !== undefined) {
      throw new ApiError(30_046, { retryAfterMs: oldest + windowMs - now });
    }
    edits.set(message.channelId, [...recent, now]);
  };
}

function embedded(draft: Draft): APIMessage['embeds'] {
  return (draft.embeds ?? []).map((embed) => ({ type: 'rich', ...embed })) as APIMessage['embeds'];
}

function keptAttachments(message: MessageState, draft: Draft): AttachmentState[] {
  if (!draft.attachments) return message.attachments;
  const ids = new Set(draft.attachments.map((one) => String((one as { id?: unknown }).id)));
  return message.attachments.filter(({ id }) => ids.has(id));
}

export function attach(world: World, { filename, text }: Upload): AttachmentState {
  return { id: world.newId(), filename, text };
}
