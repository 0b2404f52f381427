import { readCustomId } from '../answer/buttons.ts';
import { text } from '../answer/components.ts';
import { askAbout } from '../commands/about.ts';
import { ask } from '../commands/ask.ts';
import { complete } from '../commands/complete.ts';
import { aboutCommand } from '../commands/definitions.ts';
import { feedback, takeFeedback } from '../commands/feedback.ts';
import { helpPage } from '../commands/help.ts';
import { settings } from '../commands/settings.ts';
import { sourcesPage } from '../commands/sources.ts';
import { stylePage } from '../commands/style.ts';
import { summary } from '../commands/summary.ts';
import type { Desk } from '../desk.ts';
import type { CommandInteraction, FormInteraction, Interaction } from '../payloads/interaction.ts';
import { type Asked, askedBy, type Respond } from './asked.ts';
import { press } from './press.ts';
import { answerPrivately, closeThinking } from './respond.ts';

/** Answers an interaction, wherever it came in. Resolves when all that it set off is done. */
export async function handleInteraction(
  desk: Desk,
  interaction: Interaction,
  respond: Respond,
): Promise<void> {
  const asked = askedBy(interaction);
  switch (interaction.type) {
    case 2:
      return command(desk, interaction, asked, respond).catch(async (error: unknown) => {
        await closeThinking(desk, interaction, asked).catch(() => undefined);
        throw error;
      });
    case 3:
      return press(desk, interaction, asked, respond);
    case 4:
      return complete(desk, interaction, asked, respond);
    case 5:
      return form(desk, interaction, asked, respond);
    default:
      return interaction satisfies never;
  }
}

async function command(
  desk: Desk,
  interaction: CommandInteraction,
  asked: Asked,
  respond: Respond,
): Promise<void> {
  const { name } = interaction.data;
  switch (name) {
    case 'ask':
      return ask(desk, interaction, asked, respond);
    case aboutCommand:
      return askAbout(desk, interaction, asked, respond);
    case 'summary':
      return summary(desk, interaction, asked, respond);
    case 'sources':
      return answerPrivately(desk, interaction, asked, respond, () => sourcesPage(desk, asked));
    case 'style':
      return answerPrivately(desk, interaction, asked, respond, () => stylePage(desk, asked));
    case 'help':
      return answerPrivately(desk, interaction, asked, respond, () => helpPage(desk, asked));
    case 'feedback':
      return feedback(interaction, asked, respond);
    case 'settings':
      return settings(desk, interaction, asked, respond);
    default:
      return answerPrivately(desk, interaction, asked, respond, async () => [
        text(asked.say('command.unknownPlain', { command: `/${name}`, help: '`/help`' })),
      ]);
  }
}

async function form(
  desk: Desk,
  interaction: FormInteraction,
  asked: Asked,
  respond: Respond,
): Promise<void> {
  const { action, about } = readCustomId(interaction.data.custom_id) ?? { action: '', about: '' };
  if (action === 'why') return takeFeedback(desk, interaction, asked, respond, about);
  if (action === 'rate') return takeFeedback(desk, interaction, asked, respond, undefined);
  return answerPrivately(desk, interaction, asked, respond, async () => [
    text(asked.say('failed.interaction')),
  ]);
}
