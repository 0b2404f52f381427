import { createHash } from 'node:crypto';
import { MessageFlags } from 'discord.js';
import type { Component, Page } from '../answer/components.ts';
import { RefusedAfterDoubt, troubleOf } from '../failure.ts';
import type { RawComponent, RawMessage } from '../payloads/message.ts';
import type { Body, Wire } from '../wire.ts';
import { bodyOf, placeholder } from './body.ts';
import { barred, tokenTroubles } from './edit.ts';
import type { Home, Slot } from './slot.ts';
import { unarchived } from './unarchived.ts';

type Ports = { readonly wire: Wire; readonly now: () => number };

export type Created = {
  readonly slot: Slot;
  /** Whether it shows the page already; else it is there to be edited. */
  readonly shown: boolean;
};

/** Twenty-two characters that are the same whoever posts this message of this answer, and however often. */
export const nonceOf = (...what: readonly (string | number)[]): string =>
  createHash('sha256').update(what.join('\n')).digest('base64url').slice(0, 22);

/**
 * Posts a message for a page.
 *
 * @throws what Discord answered, when neither the bot's token nor the interaction's may write here.
 */
export async function createSlot(
  { wire, now }: Ports,
  home: Home,
  page: Page,
  { nonce, first }: { readonly nonce: string; readonly first: boolean },
): Promise<Created> {
  const open = home.through !== null && home.through.untilMs > now() ? home.through : null;
  const { channel, replyTo, instead } = home;
  const ways = [...(channel === null ? [] : [{ channel, replyTo }]), ...(instead ? [instead] : [])];
  let refusal: unknown = new NowhereToWrite();
  for (const way of ways) {
    try {
      const posted = await post(wire, way.channel, first ? way.replyTo : null, page, nonce);
      const slot = { channel: way.channel, message: posted.id, through: null };
      return {
        slot: { ...slot, original: false, ephemeral: false },
        // The nonce may have found what an earlier process posted, with what was known then.
        shown: wordsOf(posted.components) === wordsOf(page),
      };
    } catch (error) {
      // What may stand there must not stand elsewhere too.
      if (error instanceof RefusedAfterDoubt || !barred.has(troubleOf(error))) throw error;
      refusal = error;
    }
  }
  if (open === null) throw refusal;
  const flags = home.ephemeral ? MessageFlags.Ephemeral : 0;
  const posted = await wire.followUp(open, bodyOf(placeholder, flags)).catch((error: unknown) => {
    throw tokenTroubles.has(troubleOf(error)) ? new NowhereToWrite() : error;
  });
  const slot = { channel: posted.channel_id, message: posted.id, through: open };
  return { slot: { ...slot, original: false, ephemeral: home.ephemeral }, shown: false };
}

/** The interaction's quarter of an hour is over, and the bot is not in that place. */
export class NowhereToWrite extends Error {
  constructor() {
    super('The interaction has expired, and the bot itself cannot write there.');
    this.name = 'NowhereToWrite';
  }
}

async function post(
  wire: Wire,
  channel: string,
  replyTo: string | null,
  page: Page,
  nonce: string,
): Promise<RawMessage> {
  const send = (extra: Body) => wire.createMessage(channel, { ...bodyOf(page), ...extra, nonce });
  const reply =
    replyTo === null
      ? {}
      : // A question that was deleted meanwhile still gets what was found, without the reference.
        { message_reference: { message_id: replyTo, fail_if_not_exists: false } };
  return unarchived(wire, channel, async () => {
    try {
      return await send(reply);
    } catch (error) {
      if (troubleOf(error) !== 'no-history') throw error;
      return send({});
    }
  });
}

function wordsOf(components: readonly (Component | RawComponent)[]): string {
  return components.map(({ content }) => (typeof content === 'string' ? content : '')).join('\n');
}
