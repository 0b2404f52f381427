import type { ConversationState } from '../state/port.ts';
import type { Notice } from './channel.ts';
import type { Place } from './message.ts';

export type Limits = {
  /** Questions a minute, per person and per channel; null for no limit. */
  readonly personPerMinute: number | null;
  readonly channelPerMinute: number | null;
  /** Whether they count for pages and terminals of this machine too. */
  readonly local: boolean;
  /** Most UTF-16 units of a question. */
  readonly length: number;
};

export const defaultLimits: Limits = {
  personPerMinute: 10,
  channelPerMinute: 60,
  local: false,
  length: 8_000,
};

const minuteMs = 60_000;

/**
 * Whether one more question fits the limits, counted over the last minute from what was taken in, so that every
 * process counts the same. The question itself must have been taken in already.
 */
export async function overLimit(
  { personPerMinute, channelPerMinute, local }: Limits,
  state: Pick<ConversationState, 'askedSince'>,
  asked: { readonly asker: string; readonly place: string; readonly kind: Place['kind'] },
  nowMs: number,
): Promise<Notice | undefined> {
  if (asked.kind === 'local' && !local) return undefined;
  const checks = [
    ['rate.person', personPerMinute, { asker: asked.asker }],
    ['rate.channel', asked.kind === 'direct' ? null : channelPerMinute, { place: asked.place }],
  ] as const;
  for (const [code, most, who] of checks) {
    if (most === null) continue;
    const times = await state.askedSince(who, nowMs - minuteMs);
    if (times.length <= most) continue;
    // The question may be asked when all but `most - 1` of the earlier ones have left the minute.
    const leaves = times[times.length - 1 - most] ?? nowMs;
    return { code, retryAfterMs: Math.max(1_000, leaves + minuteMs - nowMs) };
  }
  return undefined;
}
