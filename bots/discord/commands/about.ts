import type { Desk } from '../desk.ts';
import { componentText } from '../history.ts';
import { type Asked, type Respond, replyTo } from '../interactions/asked.ts';
import { defer } from '../interactions/respond.ts';
import type { CommandInteraction } from '../payloads/interaction.ts';
import { readableMessage } from '../reading.ts';
import { commandMessage } from './ask.ts';

/** "Ask the twin about this": somebody's message is the question, the answer for the asker alone. */
export async function askAbout(
  desk: Desk,
  interaction: CommandInteraction,
  asked: Asked,
  respond: Respond,
): Promise<void> {
  const deferred = await defer(respond, 'private');
  const reply = replyTo(desk, interaction, asked, {
    ...deferred,
    of: 'command',
    ephemeral: true,
    quote: true,
  });
  const target = interaction.data.resolved?.messages[interaction.data.target_id ?? ''];
  const text =
    target === undefined ? '' : readableMessage(desk, target) || componentText(target.components);
  await desk.conversation.hear(commandMessage(interaction, asked, reply, text), desk.channel);
}
