import { setTimeout as sleep } from 'node:timers/promises';
import type { Channel, Delivery } from '../conversation/channel.ts';
import { type Say, stringsFor } from '../strings/strings.ts';
import { type Layout, pagesOf } from './answer/pages.ts';
import { after, nothingYet } from './answer/state.ts';
import type { Timing } from './config.ts';
import { explainUndelivered } from './explain.ts';
import { type HistoryPorts, historyOf } from './history.ts';
import { type HomePorts, homeOf, slotsOf } from './home.ts';
import { noticeText } from './notices.ts';
import { showNotice } from './noticing.ts';
import type { Recent } from './recent.ts';
import { type Reply, readReply } from './reply.ts';
import { deferredSlot } from './standing.ts';
import { word } from './words.ts';
import { type Slot, standing } from './writer/slot.ts';
import { openWriter, type Writer } from './writer/writer.ts';

export type ChannelPorts = HistoryPorts &
  HomePorts & {
    readonly recent: Recent;
    readonly timing: Timing;
    /** False where follow-ups cannot be read without a mention. */
    readonly messageContent: boolean;
    readonly now: () => number;
  };

/** How Discord shows answers. */
export function openChannel(ports: ChannelPorts): Channel {
  return {
    platform: 'discord',
    history: (message) => historyOf(ports, message),
    async deliver(delivery) {
      const { message } = delivery;
      const reply = readReply(message.reply);
      try {
        await deliver(ports, delivery, reply);
      } catch (error) {
        await explainUndelivered(ports, error, message, reply);
        throw error;
      }
    },
  };
}

async function deliver(ports: ChannelPorts, delivery: Delivery, reply: Reply): Promise<void> {
  const { message, events } = delivery;
  const say = stringsFor(message.person.locale);
  const slots = await slotsOf(ports, delivery, reply);
  const writer = writerFor(ports, delivery, reply, slots);
  const layout = layoutOf(ports, delivery, reply, say);
  let state = nothingYet;
  const show = () => writer.show(() => pagesOf(state, layout));
  const status = showLater(show, ports.timing.statusAfterMs);
  if (reply.via === 'message' && slots.length === 0) {
    // Only for the eye: the answer does not wait for it.
    void ports.wire.typing(reply.channel).catch(() => undefined);
  }
  let noticed: string | undefined;
  try {
    for await (const event of events) {
      if (event.type === 'notice') {
        noticed = noticeText(event.notice, reply, say);
        continue;
      }
      state = after(state, event);
      if (event.type === 'text') show();
    }
  } finally {
    status.abort();
  }
  if (noticed !== undefined) {
    await writer.retire();
    return showNotice(ports, message, reply, noticed);
  }
  const stopped = state.end?.type === 'stopped' ? state.end.reason : undefined;
  if (state.end === null || stopped === 'restarted') return writer.retire();
  if (stopped === 'deleted') return writer.remove();
  await writer.settle(() => pagesOf(state, layout));
}

function writerFor(
  ports: ChannelPorts,
  delivery: Delivery,
  reply: Reply,
  slots: readonly Slot[],
): Writer {
  const { message, turn } = delivery;
  // A press is a delivery of its own: its messages must not be taken for those of the answer before.
  const seed = `${turn}\n${reply.via === 'message' ? reply.message : reply.interaction}`;
  return openWriter({
    wire: ports.wire,
    now: ports.now,
    editEveryMs: ports.timing.editEveryMs,
    seed,
    slots,
    home: () => homeOf(ports, delivery, reply, slots),
    seek: async () =>
      reply.via === 'interaction' && reply.canPost && reply.of === 'command'
        ? deferredSlot(ports, reply.channel, reply.interaction)
        : undefined,
    stands: async (now) => {
      const ids = now.flatMap(({ message: id }) => (id === null ? [] : [id]));
      if (ids.length > 0) ports.recent.note(reply.channel, message.person.id, turn);
      await delivery.stands(standing(now), ids);
    },
  });
}

function layoutOf(
  { messageContent }: ChannelPorts,
  { message, turn }: Delivery,
  reply: Reply,
  say: Say,
): Layout {
  const opens = reply.via === 'message' && reply.opens;
  const inGuildThread = message.place.kind === 'channel' && (reply.inThread || opens);
  return {
    turn,
    say,
    quote: reply.via === 'interaction' && reply.quote ? message.text : null,
    remarks: [
      ...(reply.via === 'message' && reply.files ? [word(say, 'files')] : []),
      ...(opens && !messageContent ? [word(say, 'mentionToContinue')] : []),
    ],
    resolvable: inGuildThread,
  };
}

function showLater(show: () => void, afterMs: number): AbortController {
  const cancelled = new AbortController();
  sleep(afterMs, undefined, { signal: cancelled.signal, ref: false }).then(show, () => undefined);
  return cancelled;
}
