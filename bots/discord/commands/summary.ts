import { text } from '../answer/components.ts';
import type { Desk } from '../desk.ts';
import { type Asked, type Respond, replyTo } from '../interactions/asked.ts';
import { flagOption } from '../interactions/options.ts';
import { answerPrivately, defer } from '../interactions/respond.ts';
import type { CommandInteraction } from '../payloads/interaction.ts';
import { commandMessage } from './ask.ts';

/** `/summary`: what was said in this thread, in short. */
export async function summary(
  desk: Desk,
  interaction: CommandInteraction,
  asked: Asked,
  respond: Respond,
): Promise<void> {
  const problem = obstacle(desk, asked);
  if (problem !== undefined) {
    return answerPrivately(desk, interaction, asked, respond, async () => [text(problem)]);
  }
  const ephemeral = flagOption(interaction.data.options, 'private');
  const deferred = await defer(respond, ephemeral ? 'private' : 'public');
  const reply = replyTo(desk, interaction, asked, {
    ...deferred,
    of: 'command',
    ephemeral,
    quote: false,
  });
  const message = commandMessage(interaction, asked, reply, '', 'summary');
  await desk.conversation.hear(message, desk.channel);
}

function obstacle({ messageContent }: Desk, asked: Asked): string | undefined {
  const { say, inThread, place, canPost } = asked;
  if (!canPost || (!inThread && place.kind !== 'direct')) return say('summary.elsewhere');
  // In direct messages the bot reads everything in any case.
  if (!messageContent && place.kind !== 'direct') return say('discord.summaryUnreadable');
  return undefined;
}
