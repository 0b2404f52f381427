import type { Said } from '../../conversation/channel.ts';
import type { BotPorts } from '../../ports.ts';
import { metadataTypes } from '../names.ts';
import type { People } from '../people.ts';
import { mentionedIn, readableText } from '../read/text.ts';
import type { Reply } from '../reply.ts';
import { again, type Patience } from '../web/call.ts';
import type { Workspace } from '../web/workspaces.ts';

const pageSize = 200;
/** Two thousand messages of a thread; what comes later would not fit any memory either. */
const mostPages = 10;
/** How many of a channel's or direct channel's latest messages are read. */
const latest = 100;
/** Names looked up for one thread. */
const mostNames = 30;

type Found = {
  readonly ts?: string;
  readonly user?: string;
  readonly bot_id?: string;
  readonly text?: string;
  readonly subtype?: string;
  readonly metadata?: { readonly event_type?: string };
};

export type HistoryPorts = {
  readonly people: People;
  readonly patience: Patience;
  readonly log: BotPorts['log'];
};

const said = new Set([undefined, 'bot_message', 'file_share', 'me_message', 'thread_broadcast']);

/**
 * What was said before the question, oldest first; null where it cannot be read, which is said in the log.
 */
export async function readHistory(
  workspace: Workspace,
  reply: Reply,
  signal: AbortSignal,
  { people, patience, log }: HistoryPorts,
): Promise<readonly Said[] | null> {
  if (reply.reads === 'nothing') return null;
  const { client, botUser, team } = workspace;
  const { channel, root, question } = reply;
  const found: Found[] = [];
  const before = question === null ? {} : { latest: question };
  let cursor: string | undefined;
  const pages = root === null || reply.reads === 'channel' ? 1 : mostPages;
  for (let page = 0; page < pages; page += 1) {
    signal.throwIfAborted();
    const range = {
      channel,
      include_all_metadata: true,
      ...before,
      ...(cursor === undefined ? {} : { cursor }),
    };
    const read = await again(
      () =>
        root === null || reply.reads === 'channel'
          ? client.conversations.history({ ...range, limit: latest })
          : client.conversations.replies({ ...range, ts: root, limit: pageSize }),
      patience,
    );
    if (read.kind !== 'done') {
      const error = read.kind === 'refused' ? read.error : 'unreachable';
      log.warn(
        { channel, error, needed: read.kind === 'refused' ? read.needed : undefined },
        error === 'missing_scope'
          ? 'Slack: a thread could not be read, so questions in it are understood without what was said before. Add the scope under OAuth & Permissions and install the app again.'
          : 'Slack: a thread could not be read; its questions are understood from the answers given so far.',
      );
      return null;
    }
    found.push(...(read.value.messages ?? []));
    cursor = read.value.response_metadata?.next_cursor;
    if (cursor === undefined || cursor === '') break;
  }
  signal.throwIfAborted();

  const spoken = found
    .filter(({ ts, subtype, text, metadata }) => {
      if (ts === undefined || ts === question || (question !== null && ts > question)) return false;
      return said.has(subtype) && text !== undefined && metadata?.event_type !== metadataTypes.note;
    })
    .sort((a, b) => ((a.ts ?? '') < (b.ts ?? '') ? -1 : 1));
  const mentioned = new Set(spoken.flatMap(({ text = '' }) => mentionedIn(text)));
  const names = new Map<string, string | null>();
  await Promise.all(
    [...mentioned]
      .filter((id) => id !== botUser)
      .slice(0, mostNames)
      .map(async (id) => void names.set(id, (await people.person(client, team, id)).name)),
  );
  return spoken.map(({ ts = '', user, text = '' }) => ({
    role: user === botUser ? 'twin' : 'user',
    message: ts,
    text: readableText(text.replaceAll(`<@${botUser}>`, ''), (id) => names.get(id) ?? null).trim(),
  }));
}
