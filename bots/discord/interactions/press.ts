import { InteractionResponseType } from 'discord.js';
import type { Wish } from '../../conversation/message.ts';
import { customId, readCustomId } from '../answer/buttons.ts';
import { button, roleOf, row, text } from '../answer/components.ts';
import { escaped } from '../answer/sources.ts';
import { openFeedback, rate, thanks } from '../commands/feedback.ts';
import { changeSetting } from '../commands/settings.ts';
import type { Desk } from '../desk.ts';
import type { PressInteraction } from '../payloads/interaction.ts';
import { bodyOf } from '../writer/body.ts';
import { type Asked, type Respond, replyTo } from './asked.ts';
import { answerPrivately, defer, tellPrivately } from './respond.ts';

const ephemeralFlag = 1 << 6;

/** A button was pressed, or something was chosen from a list. */
export async function press(
  desk: Desk,
  interaction: PressInteraction,
  asked: Asked,
  respond: Respond,
): Promise<void> {
  const { action, about } = readCustomId(interaction.data.custom_id) ?? { action: '', about: '' };
  switch (action) {
    case 'up':
      return answerPrivately(desk, interaction, asked, respond, async () => {
        const given = await rate(desk, asked, about, 'up', null);
        return [text(thanks(asked.say, given ? 'up' : undefined))];
      });
    case 'down':
      // The form must be the first answer; whoever closes it has said "not good" all the same.
      await openFeedback(respond, asked, about);
      await rate(desk, asked, about, 'down', null);
      return;
    case 'shorter':
    case 'longer':
    case 'again':
      return again(desk, interaction, asked, respond, about, action);
    case 'stop':
      return stop(desk, interaction, asked, respond, about);
    case 'resolve':
    case 'reopen':
      return resolve(desk, asked, respond, about, action === 'resolve');
    case 'set':
      return changeSetting(desk, interaction, asked, respond, about);
    default:
      return answerPrivately(desk, interaction, asked, respond, async () => [
        text(asked.say('failed.interaction')),
      ]);
  }
}

async function again(
  desk: Desk,
  interaction: PressInteraction,
  asked: Asked,
  respond: Respond,
  turn: string,
  wish: Wish,
): Promise<void> {
  const { message } = interaction;
  const { acknowledged } = await defer(respond, 'update');
  const reply = replyTo(desk, interaction, asked, {
    of: 'press',
    message: message.id,
    acknowledged,
    ephemeral: (message.flags & ephemeralFlag) !== 0,
    quote: message.components.some(({ id }) => roleOf(id) === 'quote'),
  });
  const { person } = asked;
  const request = { event: interaction.id, turn, person, wish, reply };
  const heard = await desk.conversation.again(request, desk.channel);
  if (heard.kind === 'unknown' && acknowledged) {
    await tellPrivately(desk, interaction, asked.say('failed.interaction'));
  }
}

async function stop(
  desk: Desk,
  interaction: PressInteraction,
  asked: Asked,
  respond: Respond,
  turn: string,
): Promise<void> {
  const { acknowledged } = await defer(respond, 'update');
  const stopped = await desk.conversation.stop(turn, asked.person);
  if (stopped === 'stopped' || !acknowledged) return;
  const line = stopped === 'not-asker' ? 'stop.notAsker' : 'stop.nothing';
  await tellPrivately(desk, interaction, asked.say(line));
}

/** Said where everybody reads it: from now on the twin is quiet here, or not any more. */
async function resolve(
  { conversation }: Desk,
  { say, name }: Asked,
  respond: Respond,
  turn: string,
  resolved: boolean,
): Promise<void> {
  const known = await conversation.turn(turn);
  if (known === undefined) {
    const page = [text(say('failed.interaction'))];
    await respond({
      type: InteractionResponseType.ChannelMessageWithSource,
      data: bodyOf(page, ephemeralFlag),
    });
    return;
  }
  await conversation.resolve(known.thread, resolved);
  const person = escaped(name);
  const note = resolved ? say('resolved.note', { person }) : say('resolved.reopened', { person });
  const reopen = row(button(customId('reopen', turn), say('button.reopen')));
  await respond({
    type: InteractionResponseType.ChannelMessageWithSource,
    data: bodyOf([text(note), ...(resolved ? [reopen] : [])]),
  });
}
