import type { Channel, ReplyEvent } from './channel.ts';
import type { Conversation, Heard } from './conversation.ts';
import type { Message } from './message.ts';

/**
 * A conversation for channels that read the answer themselves, such as a page or a terminal: the events of one
 * message's reply, none when it was heard before; at the end what became of it. Whoever leaves, or aborts `signal`,
 * stops the answer.
 *
 * @param history what was said before, where the asker brings that along
 */
export async function* replyTo(
  { hear, stop }: Pick<Conversation, 'hear' | 'stop'>,
  message: Message,
  signal?: AbortSignal,
  history?: Channel['history'],
): AsyncGenerator<ReplyEvent, Heard> {
  const { readable, writable } = new TransformStream<ReplyEvent, ReplyEvent>();
  const writer = writable.getWriter();
  let turn: string | undefined;
  const leave = () => {
    if (turn !== undefined) void stop(turn, message.person);
  };
  signal?.addEventListener('abort', leave, { once: true });
  const heard = hear(message, {
    platform: message.place.platform,
    ...(history && { history }),
    async deliver(delivery) {
      turn = delivery.turn;
      if (signal?.aborted === true) leave();
      for await (const event of delivery.events) await writer.write(event);
    },
  });
  heard.then(
    () => writer.close().catch(() => undefined),
    (failure: unknown) => writer.abort(failure).catch(() => undefined),
  );
  try {
    yield* readable;
    return await heard;
  } finally {
    leave();
    signal?.removeEventListener('abort', leave);
    await heard.catch(() => undefined);
  }
}
