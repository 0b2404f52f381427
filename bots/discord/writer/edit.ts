import type { Page } from '../answer/components.ts';
import { type Trouble, troubleOf } from '../failure.ts';
import type { RawMessage } from '../payloads/message.ts';
import type { Wire } from '../wire.ts';
import { bodyOf } from './body.ts';
import type { Slot } from './slot.ts';
import { unarchived } from './unarchived.ts';

export type Edited =
  | { readonly done: true; readonly slot: Slot }
  /** Nothing was changed, and this is why: no way is left, or none works now. */
  | { readonly done: false; readonly slot: Slot; readonly why: Trouble };

type Ports = { readonly wire: Wire; readonly now: () => number };

/**
 * Shows a page in a message that stands, by the interaction's token while it lives, else by the bot's own.
 *
 * @throws what Discord answered, where it is neither about the message nor about the token.
 */
export async function editSlot(ports: Ports, given: Slot, page: Page): Promise<Edited> {
  const { wire, now } = ports;
  let slot = given;
  let why: Trouble = 'token';
  if (slot.through !== null && slot.through.untilMs > now()) {
    const target = slot.original ? '@original' : slot.message;
    if (target !== null) {
      try {
        const message = await wire.editThrough(slot.through, target, bodyOf(page));
        return { done: true, slot: { ...slot, message: message.id } };
      } catch (error) {
        why = troubleOf(error);
        if (why === 'gone') return { done: false, slot, why };
        if (!tokenTroubles.has(why)) throw error;
      }
    }
  }
  // Whatever is the matter with it, the bot's own token is as good from here on.
  slot = { ...slot, through: null, original: false };
  if (slot.ephemeral || slot.message === null) return { done: false, slot: given, why };
  const through = given.through !== null;
  const result = await editOwn(wire, slot.channel, slot.message, page, through);
  if (typeof result !== 'string') return { done: true, slot };
  return { done: false, slot, why: barred.has(result) ? why : result };
}

async function editOwn(
  wire: Wire,
  channel: string,
  message: string,
  page: Page,
  through: boolean,
): Promise<RawMessage | Trouble> {
  try {
    return await unarchived(wire, channel, () => wire.editMessage(channel, message, bodyOf(page)));
  } catch (error) {
    const trouble = troubleOf(error);
    if (trouble === 'gone' || trouble === 'old' || (through && barred.has(trouble))) return trouble;
    throw error;
  }
}

/** An interaction's token is of no use any more. */
export const tokenTroubles: ReadonlySet<Trouble> = new Set(['token', 'doubted', 'late']);

/** The bot itself has no business there: the interaction's token was the only way. */
export const barred: ReadonlySet<Trouble> = new Set([
  'no-channel',
  'no-access',
  'no-permission',
  'archived',
]);

/** Takes a message away; one that is gone is as good as away. False when it stays. */
export async function removeSlot({ wire, now }: Ports, slot: Slot): Promise<boolean> {
  try {
    if (slot.through !== null && slot.through.untilMs > now()) {
      const target = slot.original ? '@original' : slot.message;
      if (target !== null) {
        await wire.deleteThrough(slot.through, target);
        return true;
      }
    }
  } catch (error) {
    const trouble = troubleOf(error);
    if (trouble === 'gone') return true;
    if (trouble === 'transient') throw error;
  }
  if (slot.ephemeral || slot.message === null) return false;
  try {
    await wire.deleteMessage(slot.channel, slot.message);
    return true;
  } catch (error) {
    const trouble = troubleOf(error);
    if (trouble === 'transient') throw error;
    return trouble === 'gone';
  }
}
