import type { Place } from '../conversation/message.ts';

/** What Slack calls a conversation. */
export type Where = {
  readonly team: string;
  readonly channel: string;
  readonly kind: 'channel' | 'direct';
};

export const placeOf = ({ team, channel, kind }: Where): Place => ({
  platform: 'slack',
  workspace: team,
  channel,
  kind,
});

/** Direct messages outside threads are one thread; elsewhere each first message begins one. */
export const threadName = ({ team, channel }: Where, root: string | null): string =>
  `slack:${team}:${channel}${root === null ? '' : `:${root}`}`;

/**
 * The event is named by the message, not by Slack's event id: a mention arrives as `app_mention` and as
 * `message`, with two ids.
 */
export const messageEvent = ({ team, channel }: Where, ts: string): string =>
  `${team}:${channel}:${ts}`;

/** A direct message's channel id says what it is. */
export const kindOfChannel = (channel: string): Where['kind'] =>
  channel.startsWith('D') ? 'direct' : 'channel';

/** Ids of everything people press in messages. Their values carry the turn. */
export const actions = {
  feedback: 'twin_feedback',
  shorter: 'twin_shorter',
  longer: 'twin_longer',
  again: 'twin_again',
  stop: 'twin_stop',
  resolve: 'twin_resolve',
  homeChannel: 'twin_home_channel',
} as const;

export const views = {
  reason: 'twin_reason',
  ask: 'twin_ask',
  settings: 'twin_settings',
} as const;

/** `event_type` of the metadata that our messages carry. */
export const metadataTypes = {
  /** An answer; the payload names the turn. */
  answer: 'understudy_answer',
  /** Anything else that the bot says: not part of the conversation. */
  note: 'understudy_note',
} as const;
