import type { Message } from '../../conversation/message.ts';
import type { Desk } from '../desk.ts';
import { type Asked, type Respond, replyTo } from '../interactions/asked.ts';
import { flagOption, textOption } from '../interactions/options.ts';
import { defer } from '../interactions/respond.ts';
import { showNotice } from '../noticing.ts';
import type { CommandInteraction } from '../payloads/interaction.ts';
import { threadName } from '../places.ts';
import type { InteractionReply } from '../reply.ts';
import { readOnly } from './only.ts';

/** `/ask`: a question with options. */
export async function ask(
  desk: Desk,
  interaction: CommandInteraction,
  asked: Asked,
  respond: Respond,
): Promise<void> {
  const { options } = interaction.data;
  const ephemeral = flagOption(options, 'private');
  const deferred = await defer(respond, ephemeral ? 'private' : 'public');
  const reply = replyTo(desk, interaction, asked, {
    ...deferred,
    of: 'command',
    ephemeral,
    quote: true,
  });
  const question = textOption(options, 'question') ?? '';
  const message = commandMessage(interaction, asked, reply, question);
  const allowed = await desk.conversation.access(asked.place, asked.person);
  // Who may not ask at all is told so by the conversation.
  const read = allowed.allowed
    ? await readOnly(desk, asked, allowed.access, options)
    : { only: {} };
  if ('problem' in read) return showNotice(desk, message, reply, read.problem);
  const only = Object.keys(read.only).length === 0 ? {} : { only: read.only };
  await desk.conversation.hear({ ...message, ...only }, desk.channel);
}

/** What a command asks, as the conversation takes it. */
export function commandMessage(
  interaction: CommandInteraction,
  asked: Asked,
  reply: InteractionReply,
  text: string,
  task: Message['task'] = 'answer',
): Message {
  return {
    event: interaction.id,
    message: null,
    ...threadOf(interaction, asked, reply),
    place: asked.place,
    person: asked.person,
    text,
    addressed: true,
    mentionsOthers: false,
    task,
    reply,
  };
}

/**
 * In threads and direct messages a command is part of what is said there; elsewhere it begins something. What
 * is asked in private has a thread of its own, so that nobody else's answer draws on it.
 */
function threadOf(
  interaction: CommandInteraction,
  { channel, place, person, inThread }: Asked,
  { ephemeral }: InteractionReply,
): Pick<Message, 'thread' | 'opensThread'> {
  if (ephemeral) {
    return { thread: `${threadName(channel)}:private:${person.id}`, opensThread: false };
  }
  if (inThread || place.kind === 'direct') {
    return { thread: threadName(channel), opensThread: false };
  }
  // Nothing was said in it before, but the question itself is nowhere to be read but in its trace.
  return { thread: threadName(interaction.id), opensThread: false };
}
