import { setTimeout as sleep } from 'node:timers/promises';
import type { Channel, Delivery } from '../conversation/channel.ts';
import { type Say, stringsFor } from '../strings/strings.ts';
import { small, text } from './answer/components.ts';
import { type Layout, pagesOf } from './answer/pages.ts';
import { after, nothingYet } from './answer/state.ts';
import type { Timing } from './config.ts';
import { explainUndelivered } from './explain.ts';
import { troubleOf } from './failure.ts';
import { type HistoryPorts, historyOf } from './history.ts';
import { type HomePorts, homeOf, standingOf } from './home.ts';
import { noticeText } from './notices.ts';
import { showNotice } from './noticing.ts';
import type { Recent } from './recent.ts';
import { type Reply, readReply } from './reply.ts';
import { deferredSlot } from './standing.ts';
import { type Standing, writeStanding } from './writer/slot.ts';
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
  const standing = await standingOf(ports, delivery, reply);
  const writer = writerFor(ports, delivery, reply, standing);
  const layout = layoutOf(ports, delivery, reply, say);
  let state = nothingYet;
  const show = () => writer.show(() => pagesOf(state, layout));
  const waits = waitingSigns(ports, reply, standing, show);
  let noticed: string | undefined;
  try {
    for await (const event of events) {
      if (event.type === 'notice') {
        noticed = noticeText(event.notice, reply, say);
        continue;
      }
      writer.prepare();
      state = after(state, event);
      if (event.type === 'text') {
        waits.abort();
        show();
      }
    }
  } finally {
    waits.abort();
  }
  if (noticed !== undefined) {
    await writer.retire();
    return showNotice(ports, message, reply, noticed);
  }
  const stopped = state.end?.type === 'stopped' ? state.end.reason : undefined;
  if (state.end === null || stopped === 'restarted') return writer.retire();
  if (stopped === 'deleted') return writer.remove();
  try {
    await writer.settle(() => pagesOf(state, layout));
  } catch (error) {
    if (troubleOf(error) !== 'refused') throw error;
    // A layout that Discord does not take is a defect of ours: nobody shall wait for it for ever.
    const sorry = [[text(small(say('failed.retryable')))]];
    await writerFor(ports, delivery, reply, writer.standing()).settle(() => sorry);
    throw error;
  }
}

function writerFor(
  ports: ChannelPorts,
  delivery: Delivery,
  reply: Reply,
  standing: Standing,
): Writer {
  const { message, turn } = delivery;
  // A press is a delivery of its own: its messages must not be taken for those of the answer before.
  const seed = `${turn}\n${reply.via === 'message' ? reply.message : reply.interaction}`;
  return openWriter({
    wire: ports.wire,
    now: ports.now,
    editEveryMs: ports.timing.editEveryMs,
    seed,
    standing,
    home: () => homeOf(ports, delivery, reply, standing.slots),
    seek: async () =>
      reply.via === 'interaction' && reply.canPost && reply.of === 'command'
        ? deferredSlot(ports, reply.channel, reply.interaction)
        : undefined,
    stands: async (now) => {
      const ids = now.slots.flatMap(({ message: id }) => (id === null ? [] : [id]));
      if (ids.length > 0) ports.recent.note(reply.channel, message.person.id, turn);
      await delivery.stands(writeStanding(now), ids);
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
  const isPrivate = reply.via === 'interaction' && reply.ephemeral;
  const inGuildThread = message.place.kind === 'channel' && (reply.inThread || opens);
  return {
    turn,
    say,
    quote: reply.via === 'interaction' && reply.quote ? message.text : null,
    title: message.task === 'summary' ? say('summary.heading') : null,
    remarks: [
      ...(reply.via === 'message' && reply.files ? [say('discord.files')] : []),
      ...(opens && !messageContent ? [say('discord.mentionToContinue')] : []),
    ],
    resolvable: inGuildThread && !isPrivate,
  };
}

/** What people see while there is nothing to read yet: that the bot types, then what it is doing. */
function waitingSigns(
  { wire, timing }: ChannelPorts,
  reply: Reply,
  standing: Standing,
  show: () => void,
): AbortController {
  const over = new AbortController();
  const after = (ms: number, sign: () => void) =>
    sleep(ms, undefined, { signal: over.signal, ref: false }).then(sign, () => undefined);
  if (reply.via === 'message' && standing.slots.length === 0) {
    // Only for the eye: the answer does not wait for it.
    after(timing.typingAfterMs, () => void wire.typing(reply.channel).catch(() => undefined));
  }
  after(timing.statusAfterMs, show);
  return over;
}
