import { withoutSlackPings } from '../../markdown/pings.ts';
import type { BotPorts } from '../../ports.ts';
import { metadataTypes } from '../names.ts';
import { again, once, type Patience } from '../web/call.ts';
import type { Workspace } from '../web/workspaces.ts';

/** To whom a line is said that is not part of an answer, and where they were. */
export type Listener = {
  readonly channel: string;
  readonly kind: 'channel' | 'direct';
  readonly root: string | null;
  readonly user: string;
};

export type TellPorts = { readonly patience: Patience; readonly log: BotPorts['log'] };

const note = { event_type: metadataTypes.note, event_payload: {} };

/**
 * Says something to one person: where they are, seen by nobody else; where that cannot be, in a direct message.
 * Never throws: who cannot be reached is only missed in the log.
 */
export async function tellPerson(
  { client }: Pick<Workspace, 'client'>,
  { channel, kind, root, user }: Listener,
  words: string,
  { patience, log }: TellPorts,
): Promise<void> {
  const text = withoutSlackPings(words);
  const thread = root === null ? {} : { thread_ts: root };
  const quiet = { unfurl_links: false, unfurl_media: false, metadata: note };
  // Seen twice by one person is the smaller evil than not at all.
  const inPlace = await again<unknown>(
    () =>
      kind === 'direct'
        ? client.chat.postMessage({ channel, text, ...thread, ...quiet })
        : client.chat.postEphemeral({ channel, user, text, ...thread }),
    patience,
  );
  if (inPlace.kind === 'done') return;
  if (kind === 'channel' && inPlace.kind === 'refused' && isPerson(user)) {
    // The channel is named as a link, which notifies nobody.
    const directly = await again(
      () => client.chat.postMessage({ channel: user, text: `<#${channel}> ${text}`, ...quiet }),
      patience,
    );
    if (directly.kind === 'done') return;
  }
  log.warn({ channel, outcome: inPlace }, 'Slack: a person could not be told something');
}

/** Ids of bots without a user of their own begin otherwise. */
export const isPerson = (user: string): boolean => /^[UW]/u.test(user);

/** Says something to everybody in a thread; not part of the conversation. */
export async function tellThread(
  { client }: Pick<Workspace, 'client'>,
  { channel, root }: Pick<Listener, 'channel' | 'root'>,
  words: string,
  { patience, log }: TellPorts,
): Promise<void> {
  const outcome = await once(
    () =>
      client.chat.postMessage({
        channel,
        text: withoutSlackPings(words),
        ...(root === null ? {} : { thread_ts: root }),
        unfurl_links: false,
        unfurl_media: false,
        metadata: note,
      }),
    patience,
  );
  if (outcome.kind !== 'done') {
    log.warn({ channel, outcome }, 'Slack: a thread could not be told something');
  }
}
