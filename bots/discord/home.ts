import type { Delivery } from '../conversation/channel.ts';
import type { BotPorts } from '../ports.ts';
import { stringsFor } from '../strings/strings.ts';
import { describeFailure, troubleOf } from './failure.ts';
import type { Places } from './places.ts';
import type { MessageReply, Reply } from './reply.ts';
import { standingSlots } from './standing.ts';
import type { Wire } from './wire.ts';
import { type Home, readStanding, type Slot, type Standing } from './writer/slot.ts';

export type HomePorts = {
  readonly wire: Wire;
  readonly places: Places;
  readonly log: BotPorts['log'];
  readonly me: string;
};

/** What stands of the answer already, to be written over. */
export async function standingOf(
  ports: HomePorts,
  { earlier, recovered, turn }: Delivery,
  reply: Reply,
): Promise<Standing> {
  const told = readStanding(earlier);
  const found =
    told.slots.length === 0 && recovered ? await standingSlots(ports, turn, reply) : told.slots;
  const posted = Math.max(told.posted, found.length);
  if (reply.via === 'message' || !reply.acknowledged) return { slots: found, posted };
  const own: Slot = {
    channel: reply.channel,
    message: reply.message,
    through: reply.handle,
    original: true,
    ephemeral: reply.ephemeral,
  };
  // The interaction at hand is the newest way to its message, and the only one where nobody else may look.
  const slots = found.map((slot) => (slot.message === reply.message ? { ...slot, ...own } : slot));
  return { slots: slots.length === 0 ? [own] : slots, posted };
}

/** Where messages go that do not stand yet; opens the thread where the answer is to be in one. */
export async function homeOf(
  ports: HomePorts,
  { message }: Delivery,
  reply: Reply,
  slots: readonly Slot[],
): Promise<Home> {
  const plain = { replyTo: null, instead: null, through: null, ephemeral: false };
  if (reply.via === 'interaction') {
    return {
      ...plain,
      channel: reply.canPost && !reply.ephemeral ? reply.channel : null,
      through: reply.acknowledged ? reply.handle : null,
      ephemeral: reply.ephemeral,
    };
  }
  const beside = slots.at(-1);
  if (beside !== undefined) return { ...plain, channel: beside.channel };
  const underneath = { channel: reply.channel, replyTo: reply.message };
  if (!reply.opens) return { ...plain, ...underneath };
  const thread = await openedThread(ports, reply, threadTitle(message.text, message.person.locale));
  if (thread === undefined) return { ...plain, ...underneath };
  return { ...plain, channel: thread, instead: underneath };
}

/** Undefined where no thread can be opened: then the answer stands in the channel. */
async function openedThread(
  { wire, places, log }: HomePorts,
  reply: MessageReply,
  title: string,
): Promise<string | undefined> {
  try {
    const thread = await wire.openThread(reply.channel, reply.message, title);
    places.joined(thread);
    return thread;
  } catch (error) {
    const trouble = troubleOf(error);
    if (trouble === 'transient' || trouble === 'unauthorised') throw error;
    const channel = reply.channel;
    const seen = { channel, failure: describeFailure(error) };
    if (trouble === 'no-permission') {
      const permission = 'Create Public Threads';
      const operator = stringsFor('en')('problem.permissionOperator', { permission, channel });
      log.warn(seen, `${operator} Until it has it, answers stand in the channel itself.`);
    } else log.info(seen, 'no thread could be opened: the answer stands in the channel');
    return undefined;
  }
}

/** Discord takes 1 to 100 characters. */
function threadTitle(question: string, locale: string | null): string {
  const words = question.replace(/[\s`*_~|>#]+/gu, ' ').trim();
  if (words === '') return stringsFor(locale)('button.ask');
  return [...words].length <= 90 ? words : `${[...words].slice(0, 89).join('').trimEnd()}…`;
}
