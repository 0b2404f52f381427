import type { Channel } from '../conversation/channel.ts';
import type { BotPorts } from '../ports.ts';
import type { Timing } from './config.ts';
import type { Places, Surroundings } from './places.ts';
import type { Recent } from './recent.ts';
import type { Wire } from './wire.ts';

/** What everything that handles an event of Discord's is handed. */
export type Desk = Pick<BotPorts, 'conversation' | 'knowledge' | 'log'> & {
  /** The bot's user. */
  readonly me: string;
  readonly channel: Channel;
  readonly wire: Wire;
  readonly places: Places;
  readonly surroundings: Surroundings;
  readonly recent: Recent;
  readonly timing: Timing;
  readonly messageContent: boolean;
  readonly now: () => number;
};
