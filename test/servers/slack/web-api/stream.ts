import { z } from 'zod';
import { checkBlocks } from '../blocks/check.ts';
import { type Chunk, checkChunks } from '../blocks/chunks.ts';
import { mistake, refusal } from '../core.ts';
import { noteVersion } from '../messages.ts';
import { expire, grow, hasExpired, openStream, seal } from '../streams.ts';
import {
  type Channel,
  channelToWrite,
  personIn,
  type StoredMessage,
  type StoredStream,
} from '../team.ts';
import { messageJson } from '../wire.ts';
import { json, ts } from './args.ts';
import { mayDress, own, reply } from './chat.ts';
import { checkMetadata, MOST_MARKDOWN, threadOf } from './content.ts';
import { type Call, method } from './method.ts';

const growth = { markdown_text: z.string().optional(), chunks: json.optional() };

type Growth = { readonly markdown_text?: string | undefined; readonly chunks?: unknown };

export const streamMethods = {
  'chat.startStream': method({
    tier: 2,
    scopes: ['chat:write'],
    args: {
      channel: z.string(),
      thread_ts: ts.optional(),
      ...growth,
      recipient_team_id: z.string().optional(),
      recipient_user_id: z.string().optional(),
      task_display_mode: z.enum(['timeline', 'plan', 'dense']).optional(),
      icon_emoji: z.string().optional(),
      icon_url: z.string().optional(),
      username: z.string().optional(),
    },
    run: (args, call) => {
      const { core, team, faults } = call;
      const chunks = chunksOf(args);
      mayDress(args, team);
      const channel = channelToWrite(team, args.channel);
      const { recipient_team_id: toTeam, recipient_user_id: toUser } = args;
      if (channel.kind !== 'im') {
        if (toTeam === undefined) throw mistake('missing_recipient_team_id');
        if (toUser === undefined) throw mistake('missing_recipient_user_id');
      } else if (args.thread_ts === undefined) {
        throw mistake('invalid_arguments', 'missing required field: thread_ts', 'missing_argument');
      }
      if (toTeam !== undefined && !core.teams.has(toTeam)) throw mistake('team_not_found');
      if (toUser !== undefined) personIn(team, toUser);
      const message = openStream(core, team, channel, {
        thread_ts: threadOf(channel, args.thread_ts, reply(call, 'chat.startStream')),
        recipient: { team: toTeam, user: toUser },
        display: args.task_display_mode ?? 'timeline',
        expiresAfter: faults.streamEnd(),
      });
      if (message.stream !== undefined) add(call, message, message.stream, args, chunks);
      return { channel: channel.id, ts: message.ts };
    },
  }),
  'chat.appendStream': method({
    tier: 4,
    scopes: ['chat:write'],
    args: { channel: z.string(), ts, ...growth },
    run: (args, call) => {
      const chunks = chunksOf(args);
      if (args.markdown_text === undefined && args.chunks === undefined) {
        throw mistake('markdown_text_or_chunks_required');
      }
      if (chunks.length === 0) throw mistake('no_text');
      const { channel, message, stream } = streaming(call, args.channel, args.ts);
      add(call, message, stream, args, chunks);
      stream.appends += 1;
      return { channel: channel.id, ts: message.ts };
    },
  }),
  'chat.stopStream': method({
    tier: 2,
    scopes: ['chat:write'],
    args: {
      channel: z.string(),
      ts,
      ...growth,
      blocks: json.optional(),
      metadata: json.optional(),
      session_status: z.enum(['active', 'processing']).optional(),
    },
    run: (args, call) => {
      const { core, team } = call;
      const chunks = chunksOf(args);
      const closing = args.blocks === undefined ? [] : checkBlocks(args.blocks, 'message');
      const metadata = checkMetadata(args.metadata);
      const { channel, message, stream } = streaming(call, args.channel, args.ts);
      add(call, message, stream, args, chunks);
      if (
        stream.markdown === '' &&
        stream.chunkBlocks.length + stream.tasks.length + closing.length === 0
      ) {
        throw mistake('no_text');
      }
      message.metadata = metadata ?? message.metadata;
      seal(core, team, channel, message, stream, closing);
      return { channel: channel.id, ts: message.ts, message: messageJson(core, team, message) };
    },
  }),
};

function chunksOf(args: Growth): readonly Chunk[] {
  if (args.markdown_text !== undefined && args.chunks !== undefined) {
    throw mistake('cannot_provide_both_markdown_text_and_chunks');
  }
  if (args.markdown_text === undefined)
    return args.chunks === undefined ? [] : checkChunks(args.chunks);
  if (args.markdown_text.length > MOST_MARKDOWN) throw mistake('msg_too_long');
  return args.markdown_text === '' ? [] : [{ type: 'markdown_text', text: args.markdown_text }];
}

/** A message that still streams. Once sealed by the client, going on is a mistake; once expired, it is fate. */
function streaming(
  { core, team }: Call,
  channelId: string,
  messageTs: string,
): { readonly channel: Channel; readonly message: StoredMessage; readonly stream: StoredStream } {
  const { channel, message } = own(team, channelId, messageTs, 'message_not_owned_by_app');
  if (channel.archived) throw refusal('is_archived');
  const { stream } = message;
  if (stream === undefined) throw mistake('message_not_in_streaming_state', 'it never streamed');
  if (stream.stoppedByUser) throw refusal('stopped_by_user');
  if (stream.state === 'completed') {
    throw mistake('message_not_in_streaming_state', 'the client itself has stopped it');
  }
  if (stream.state === 'in_progress' && hasExpired(core, stream)) expire(core, message, stream);
  if (stream.state === 'errored') throw refusal('message_not_in_streaming_state');
  return { channel, message, stream };
}

function add(
  { core }: Call,
  message: StoredMessage,
  stream: StoredStream,
  args: Growth,
  chunks: readonly Chunk[],
): void {
  if (chunks.length === 0) return;
  const mode = args.chunks === undefined ? 'markdown_text' : 'chunks';
  stream.mode ??= mode;
  if (stream.mode !== mode) throw mistake('streaming_mode_mismatch');
  const blocks = chunks.reduce((sum, it) => sum + (it.type === 'blocks' ? it.blocks.length : 0), 0);
  if (stream.chunkBlocks.length + blocks > 50) throw mistake('msg_blocks_too_many');
  grow(core, message, stream, chunks);
  noteVersion(core, message, 'append');
}
