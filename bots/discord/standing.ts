import { isOfTurn } from './answer/components.ts';
import { troubleOf } from './failure.ts';
import { type RawComponent, type RawMessage, threadStarter } from './payloads/message.ts';
import type { Reply } from './reply.ts';
import type { Wire } from './wire.ts';
import type { Slot } from './writer/slot.ts';

type Looking = { readonly wire: Wire; readonly me: string };

/**
 * The messages that answer this question already, written by a process that could not tell any more. Looks
 * in the last hundred messages since the question; each of ours carries its turn in its components.
 */
export async function standingSlots(
  { wire, me }: Looking,
  turn: string,
  reply: Reply,
): Promise<readonly Slot[]> {
  const since = reply.via === 'message' ? reply.message : reply.interaction;
  // A thread under the question has the question's id.
  const channels =
    reply.via === 'message' && reply.opens ? [reply.message, reply.channel] : [reply.channel];
  const found: Slot[] = [];
  for (const channel of channels) {
    for (const message of await messagesSince(wire, channel, since)) {
      if (message.author.id !== me || !answers(message, turn, reply)) continue;
      found.push({
        channel,
        message: message.id,
        through: null,
        original: false,
        ephemeral: false,
      });
    }
    if (found.length > 0) break;
  }
  return found;
}

/** The message of a deferred answer, looked for in its channel. */
export async function deferredSlot(
  { wire, me }: Looking,
  channel: string,
  interaction: string,
): Promise<Slot | undefined> {
  const messages = await messagesSince(wire, channel, interaction);
  const found = messages.find(
    ({ author, interaction_metadata }) =>
      author.id === me && interaction_metadata?.id === interaction,
  );
  return found && { channel, message: found.id, through: null, original: false, ephemeral: false };
}

function answers(message: RawMessage, turn: string, reply: Reply): boolean {
  if (message.type === threadStarter) return false;
  if (message.components.some((component) => carries(component, turn))) return true;
  return reply.via === 'interaction' && message.interaction_metadata?.id === reply.interaction;
}

function carries({ id, components }: RawComponent, turn: string): boolean {
  return isOfTurn(id, turn) || (components?.some((inner) => carries(inner, turn)) ?? false);
}

/** Oldest first; nothing where the bot cannot look. */
async function messagesSince(
  wire: Wire,
  channel: string,
  since: string,
): Promise<readonly RawMessage[]> {
  try {
    return [...(await wire.messages(channel, { after: since }))].sort(byId);
  } catch (error) {
    const trouble = troubleOf(error);
    if (trouble === 'transient' || trouble === 'unauthorised') throw error;
    return [];
  }
}

/** Ids grow with time and are too long for a number. */
export const byId = (a: { readonly id: string }, b: { readonly id: string }): number =>
  a.id.length - b.id.length || (a.id < b.id ? -1 : 1);
