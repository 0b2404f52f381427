import { MessageFlags } from 'discord.js';
import { type Page, text } from '../answer/components.ts';
import type { Body } from '../wire.ts';

/** What every message we send says: laid out by components, and pinging nobody. */
export const bodyOf = (page: Page, flags = 0): Body => ({
  components: page,
  flags: MessageFlags.IsComponentsV2 | flags,
  allowed_mentions: { parse: [], replied_user: false },
});

/** Holds the place of a message until it can be edited: should it ever stand twice, no text does. */
export const placeholder: Page = [text('…')];
