import type { types } from '@slack/bolt';
import type { BotPorts } from '../../ports.ts';
import type { Say } from '../../strings/strings.ts';
import { metadataTypes } from '../names.ts';
import type { Reply } from '../reply.ts';
import type { Look, Surface, Task } from '../stream/surface.ts';
import { again, type Outcome, once, type Patience } from '../web/call.ts';
import type { Workspace } from '../web/workspaces.ts';
import { type Closing, closingBlocks, stopBlock } from './closing.ts';
import { findMessage } from './find.ts';
import { fallbackText } from './mrkdwn.ts';

export type SurfaceOptions = {
  readonly workspace: Workspace;
  readonly reply: Reply;
  readonly turn: string;
  readonly say: Say;
  readonly patience: Patience;
  readonly log: BotPorts['log'];
  /** Whether a message belongs to a turn that is known. */
  readonly isOwned: (ts: string) => Promise<boolean>;
};

/** Shows an answer by Slack's Web API, in a thread or in the channel itself. */
export function slackSurface(options: SurfaceOptions): Surface<Closing> {
  const { workspace, reply, turn, say, patience, log } = options;
  const { client } = workspace;
  const { channel, root } = reply;
  const metadata = { event_type: metadataTypes.answer, event_payload: { turn } };

  const under = (look: Look<Closing>): types.KnownBlock[] => {
    if (look.kind === 'closed') return [...closingBlocks(turn, look.closing, say)];
    return look.kind === 'writing' ? [stopBlock(turn, say)] : [];
  };
  const message = (text: string, look: Look<Closing>) => {
    const said: types.KnownBlock[] = text.trim() === '' ? [] : [{ type: 'markdown', text }];
    return { channel, text: fallback(text, look), blocks: [...said, ...under(look)], metadata };
  };

  return {
    start: (text, tasks) =>
      named(
        once(
          () =>
            client.chat.startStream({
              channel,
              // Streams are begun in threads only: `root` is never null where `streams` is true.
              thread_ts: root ?? '',
              recipient_team_id: reply.userTeam,
              recipient_user_id: reply.user,
              chunks: chunks(text, tasks),
            }),
          // Twenty a minute: beyond them an answer is posted at once and edited, instead of kept waiting.
          { ...patience, limitedMs: 0 },
        ),
      ),
    append: (ts, text, tasks) =>
      once(() => client.chat.appendStream({ channel, ts, chunks: chunks(text, tasks) }), patience),
    stop: (ts, text, look) =>
      once(
        () =>
          client.chat.stopStream({
            channel,
            ts,
            ...(text === '' ? {} : { chunks: chunks(text, []) }),
            // A button to stop makes no sense under what has ended.
            ...(look.kind === 'closed' ? { blocks: under(look), metadata } : {}),
          }),
        patience,
      ),
    post: (text, look) =>
      named(
        once(
          () =>
            client.chat.postMessage({
              ...message(text, look),
              ...(root === null ? {} : { thread_ts: root }),
              unfurl_links: false,
              unfurl_media: false,
            }),
          patience,
        ),
      ),
    edit: (ts, text, look) =>
      again(() => client.chat.update({ ...message(text, look), ts }), patience),
    remove: (ts) => again(() => client.chat.delete({ channel, ts }), patience),
    async grows(ts) {
      const read = await again(
        () =>
          client.conversations.replies({
            channel,
            ts: root ?? ts,
            oldest: ts,
            latest: ts,
            inclusive: true,
            limit: 5,
          }),
        patience,
      );
      if (read.kind !== 'done') return undefined;
      const found = read.value.messages?.find((each) => each.ts === ts);
      // Not in the package's type of a reply, though its type of the same message's event has it.
      const state = (found as { readonly streaming_state?: string } | undefined)?.streaming_state;
      return state === undefined ? undefined : state === 'in_progress';
    },
    find: (known) => findMessage(options, known),
    async status(stage) {
      if (root === null) return;
      const outcome = await once(
        () =>
          client.assistant.threads.setStatus({
            channel_id: channel,
            thread_ts: root,
            status: stage ?? '',
            ...(stage === null ? {} : { loading_messages: loadingMessages(say) }),
          }),
        { ...patience, limitedMs: 0 },
      );
      if (outcome.kind !== 'done') log.debug({ outcome }, 'Slack: no status could be shown');
    },
  };
}

function chunks(text: string, tasks: readonly Task[]): types.AnyChunk[] {
  const updates = tasks.map((task): types.AnyChunk => ({ type: 'task_update', ...task }));
  return text === '' ? updates : [...updates, { type: 'markdown_text', text }];
}

async function named(
  calling: Promise<Outcome<{ readonly ts?: string }>>,
): Promise<Outcome<string>> {
  const outcome = await calling;
  if (outcome.kind !== 'done') return outcome;
  const { ts } = outcome.value;
  return ts === undefined
    ? { kind: 'unknown', cause: new Error('Slack gave no ts for a message') }
    : { kind: 'done', value: ts };
}

/** For screen readers, notifications and clients that cannot draw the blocks. */
function fallback(text: string, look: Look<Closing>): string {
  const note = look.kind === 'closed' ? look.closing.note : null;
  const words = [text, note ?? ''].filter((each) => each.trim() !== '').join('\n\n');
  return fallbackText(words);
}

function loadingMessages(say: Say): string[] {
  return [
    say('loading.reading'),
    say('loading.searching'),
    say('loading.comparing'),
    say('loading.checking'),
    say('loading.wording'),
  ];
}
