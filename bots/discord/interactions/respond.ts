import { InteractionResponseType, MessageFlags } from 'discord.js';
import { type Page, text } from '../answer/components.ts';
import type { Desk } from '../desk.ts';
import { describeFailure, troubleOf } from '../failure.ts';
import type { Interaction } from '../payloads/interaction.ts';
import { loadingFlag } from '../payloads/message.ts';
import { bodyOf } from '../writer/body.ts';
import type { Asked, Respond } from './asked.ts';

export type Acknowledged = {
  /** False when Discord did not take it in time: its token is of no use. */
  readonly acknowledged: boolean;
  readonly message: string | null;
};

/** Tells Discord at once that an answer is coming: it waits three seconds. */
export async function defer(
  respond: Respond,
  how: 'public' | 'private' | 'update',
): Promise<Acknowledged> {
  const response =
    how === 'update'
      ? { type: InteractionResponseType.DeferredMessageUpdate }
      : {
          type: InteractionResponseType.DeferredChannelMessageWithSource,
          ...(how === 'private' && { data: { flags: MessageFlags.Ephemeral } }),
        };
  try {
    return { acknowledged: true, message: await respond(response) };
  } catch (error) {
    const trouble = troubleOf(error);
    // Ours, and the answer to it was lost; or the same event came twice. Claims tell these apart.
    if (trouble === 'acknowledged') return { acknowledged: true, message: null };
    if (trouble === 'late') return { acknowledged: false, message: null };
    throw error;
  }
}

/** Answers with a page that only the asker sees, however long it takes to make. */
export async function answerPrivately(
  { wire, log }: Pick<Desk, 'wire' | 'log'>,
  interaction: Interaction,
  { say }: Asked,
  respond: Respond,
  make: () => Promise<Page>,
): Promise<void> {
  const { acknowledged } = await defer(respond, 'private');
  if (!acknowledged) {
    log.warn({ interaction: interaction.id }, 'an interaction was answered too late for Discord');
    return;
  }
  const show = (page: Page) => wire.editThrough(handleOf(interaction), '@original', bodyOf(page));
  try {
    await show(await make());
  } catch (error) {
    log.error({ failure: describeFailure(error) }, 'a command could not be answered');
    await show([text(say('failed.retryable'))]);
  }
}

/** Says something to one person alone, after the interaction was acknowledged. */
export async function tellPrivately(
  { wire }: Pick<Desk, 'wire'>,
  interaction: Interaction,
  line: string,
): Promise<void> {
  await wire.followUp(handleOf(interaction), bodyOf([text(line)], MessageFlags.Ephemeral));
}

/** Something failed before an answer began: whoever sees "thinking" is told, so that nobody waits for ever. */
export async function closeThinking(
  { wire }: Pick<Desk, 'wire'>,
  interaction: Interaction,
  { say }: Asked,
): Promise<void> {
  const handle = handleOf(interaction);
  const shown = await wire.messageThrough(handle, '@original');
  if ((shown.flags & loadingFlag) === 0) return;
  await wire.editThrough(handle, '@original', bodyOf([text(say('failed.retryable'))]));
}

export const handleOf = ({ application_id: application, token }: Interaction) => ({
  application,
  token,
});
