import { MessageFlags } from 'discord.js';
import type { Message } from '../conversation/message.ts';
import { text } from './answer/components.ts';
import { troubleOf } from './failure.ts';
import type { InteractionReply, Reply } from './reply.ts';
import type { Wire } from './wire.ts';
import { bodyOf } from './writer/body.ts';
import { nonceOf } from './writer/create.ts';
import { tokenTroubles } from './writer/edit.ts';

type Ports = { readonly wire: Wire; readonly now: () => number };

/** Says why there is no answer: to the asker alone where Discord can, else under the question. */
export async function showNotice(
  ports: Ports,
  message: Message,
  reply: Reply,
  line: string,
): Promise<void> {
  const page = [text(line)];
  if (reply.via === 'interaction') {
    if (await noticeThrough(ports, reply, line)) return;
    if (!reply.canPost || reply.ephemeral) return;
  }
  const under = reply.via === 'message' ? reply.message : undefined;
  await ports.wire.createMessage(reply.channel, {
    ...bodyOf(page),
    ...(under && { message_reference: { message_id: under, fail_if_not_exists: false } }),
    nonce: nonceOf('notice', message.event),
  });
}

/** False when the interaction's token is of no use any more. */
async function noticeThrough(
  { wire, now }: Ports,
  { handle, acknowledged, ephemeral, of }: InteractionReply,
  line: string,
): Promise<boolean> {
  if (!acknowledged || handle.untilMs <= now()) return false;
  const page = [text(line)];
  try {
    if (of === 'command' && ephemeral) {
      await wire.editThrough(handle, '@original', bodyOf(page));
      return true;
    }
    // A deferral that everybody sees cannot become private: it makes way for a message that is.
    if (of === 'command') await wire.deleteThrough(handle, '@original').catch(unlessGone);
    await wire.followUp(handle, bodyOf(page, MessageFlags.Ephemeral));
    return true;
  } catch (error) {
    if (tokenTroubles.has(troubleOf(error))) return false;
    throw error;
  }
}

function unlessGone(error: unknown): void {
  if (troubleOf(error) !== 'gone') throw error;
}
