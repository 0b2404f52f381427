import type { Chunk } from './blocks/chunks.ts';
import type { Core } from './core.ts';
import {
  announce,
  createMessage,
  fallsOut,
  noteVersion,
  place,
  rewrite,
  withIds,
} from './messages.ts';
import type { Channel, StoredMessage, StoredStream, Team } from './team.ts';
import type { Block } from './types.ts';

export type Opening = {
  readonly thread_ts: string | undefined;
  readonly recipient: { readonly team: string | undefined; readonly user: string | undefined };
  readonly display: StoredStream['display'];
  readonly expiresAfter: StoredStream['expiresAfter'];
};

/** Opens a message that grows. */
export function openStream(
  core: Core,
  team: Team,
  channel: Channel,
  opening: Opening,
): StoredMessage {
  const message = createMessage(core, channel.id, {
    user: team.bot.user,
    bot_id: team.bot.id,
    text: '',
    thread_ts: opening.thread_ts,
    by: 'start',
  });
  message.stream = {
    state: 'in_progress',
    mode: undefined,
    display: opening.display,
    recipient: opening.recipient,
    appends: 0,
    markdown: '',
    tasks: [],
    planTitle: undefined,
    stoppedByUser: false,
    openedAtMs: performance.now(),
    chunkBlocks: [],
    expiresAfter: opening.expiresAfter,
  };
  message.broadcast = fallsOut(channel, opening.thread_ts);
  place(channel, message);
  if (opening.thread_ts !== undefined)
    team.shownStatus.delete(`${channel.id}:${opening.thread_ts}`);
  announce(core, team, channel, message);
  return message;
}

/** Adds chunks to what people see. */
export function grow(
  core: Core,
  message: StoredMessage,
  stream: StoredStream,
  chunks: readonly Chunk[],
): void {
  for (const chunk of chunks) absorb(stream, chunk);
  render(core, message, stream, []);
}

/** Seals the stream: from here on it is a message like any other. */
export function seal(
  core: Core,
  team: Team,
  channel: Channel,
  message: StoredMessage,
  stream: StoredStream,
  closing: readonly Block[],
): void {
  const finish = (): void => {
    stream.state = 'completed';
    render(core, message, stream, closing);
  };
  rewrite(core, team, channel, message, finish, 'stop');
}

/** The platform gives up on a stream: what was shown stays, nothing can be added. */
export function expire(core: Core, message: StoredMessage, stream: StoredStream): void {
  stream.state = 'errored';
  noteVersion(core, message, 'expire');
}

/** Whether a stream has reached the end of its life, or the end that a fault set. */
export function hasExpired(core: Core, stream: StoredStream): boolean {
  const limits = stream.expiresAfter;
  return (
    performance.now() - stream.openedAtMs > core.settings.streamLifetimeMs ||
    (limits?.appends !== undefined && stream.appends >= limits.appends) ||
    (limits?.characters !== undefined && stream.markdown.length >= limits.characters)
  );
}

function absorb(stream: StoredStream, chunk: Chunk): void {
  switch (chunk.type) {
    case 'markdown_text':
      stream.markdown += chunk.text;
      return;
    case 'plan_update':
      stream.planTitle = chunk.title;
      return;
    case 'blocks':
      stream.chunkBlocks.push(...(chunk.blocks as Block[]));
      return;
    case 'task_update': {
      const known = stream.tasks.find(({ id }) => id === chunk.id);
      const task = known ?? { id: chunk.id, details: '', output: '', sources: [], ...named(chunk) };
      if (known === undefined) stream.tasks.push(task);
      // Title and state are replaced by an update; details and output grow.
      Object.assign(task, named(chunk), {
        details: task.details + (chunk.details ?? ''),
        output: task.output + (chunk.output ?? ''),
        sources: [...task.sources, ...(chunk.sources ?? [])],
      });
      return;
    }
    default:
      chunk satisfies never;
  }
}

function named(chunk: Extract<Chunk, { type: 'task_update' }>) {
  return { title: chunk.title, status: chunk.status };
}

function render(
  core: Core,
  message: StoredMessage,
  stream: StoredStream,
  closing: readonly Block[],
): void {
  message.text = stream.markdown;
  const said: Block[] =
    stream.markdown === '' ? [] : [{ type: 'markdown', text: stream.markdown, block_id: 'stream' }];
  const tasks: Block[] = stream.tasks.map((task) => ({
    type: 'task_card',
    block_id: `task-${task.id}`,
    task_id: task.id,
    title: task.title,
    status: task.status,
  }));
  message.blocks = withIds(core, [...tasks, ...said, ...stream.chunkBlocks, ...closing]);
}
