import { ComponentType, InteractionResponseType, TextInputStyle } from 'discord.js';
import type { Say } from '../../strings/strings.ts';
import { customId } from '../answer/buttons.ts';
import { text } from '../answer/components.ts';
import type { Desk } from '../desk.ts';
import { troubleOf } from '../failure.ts';
import type { Asked, Respond } from '../interactions/asked.ts';
import { answerPrivately } from '../interactions/respond.ts';
import type { FormInteraction, Interaction } from '../payloads/interaction.ts';

const reasons = ['wrong', 'voice', 'source', 'outdated', 'other'] as const;
const longestComment = 900;
/** How many of the bot's latest messages here are looked through for an answer to this person. */
const lookedThrough = 50;

/** The form that asks why; `rated` once the thumb itself was given. */
export async function openFeedback(
  respond: Respond,
  { say }: Asked,
  turn: string | undefined,
): Promise<void> {
  const rating = label(say('feedback.rating'), {
    type: ComponentType.StringSelect,
    custom_id: 'rating',
    options: [
      { value: 'up', label: say('feedback.up'), emoji: { name: '👍' } },
      { value: 'down', label: say('feedback.down'), emoji: { name: '👎' } },
    ],
  });
  await respond({
    type: InteractionResponseType.Modal,
    data: {
      custom_id: turn === undefined ? customId('rate', '') : customId('why', turn),
      title: cut(turn === undefined ? say('feedback.form') : say('feedback.title'), 45),
      components: [...(turn === undefined ? [rating] : []), ...reasonInputs(say)],
    },
  });
}

function reasonInputs(say: Say): readonly object[] {
  return [
    label(`${say('feedback.reason')} (${say('feedback.optional')})`, {
      type: ComponentType.StringSelect,
      custom_id: 'reason',
      required: false,
      min_values: 0,
      options: reasons.map((reason) => ({ value: reason, label: say(`reason.${reason}`) })),
    }),
    label(say('feedback.comment'), {
      type: ComponentType.TextInput,
      custom_id: 'comment',
      style: TextInputStyle.Paragraph,
      required: false,
      max_length: longestComment,
      placeholder: cut(say('feedback.placeholder'), 100),
    }),
  ];
}

const label = (words: string, component: object): object => ({
  type: ComponentType.Label,
  label: cut(words, 45),
  component,
});

const cut = (words: string, most: number): string =>
  words.length <= most ? words : `${words.slice(0, most - 1)}…`;

/** The form was sent: on one answer, or on the last one that this person got here. */
export async function takeFeedback(
  desk: Desk,
  interaction: FormInteraction,
  asked: Asked,
  respond: Respond,
  turn: string | undefined,
): Promise<void> {
  const inputs = new Map(
    interaction.data.components.flatMap(({ component }) =>
      component ? [[component.custom_id, component.values?.[0] ?? component.value ?? '']] : [],
    ),
  );
  const reason = [inputs.get('reason'), inputs.get('comment')?.trim()].filter(Boolean).join(': ');
  const value = turn === undefined && inputs.get('rating') === 'up' ? 'up' : 'down';
  await answerPrivately(desk, interaction, asked, respond, async () => {
    const about = turn ?? (await lastTurn(desk, asked));
    const given = about !== undefined && (await rate(desk, asked, about, value, reason || null));
    return [text(thanks(asked.say, given ? value : undefined))];
  });
}

export const thanks = (say: Say, given: 'up' | 'down' | undefined): string => {
  if (given === undefined) return say('feedback.unknown');
  return given === 'up' ? say('feedback.thanksUp') : say('feedback.thanksDown');
};

/** False when the answer is no longer kept. */
export async function rate(
  { conversation }: Desk,
  { place, person }: Asked,
  turn: string,
  value: 'up' | 'down',
  reason: string | null,
): Promise<boolean> {
  const known = await conversation.turn(turn);
  if (known === undefined || known.trace === null) return false;
  return conversation.feedback({ trace: known.trace, place, person, value, reason });
}

async function lastTurn(
  { recent, conversation, wire, me }: Desk,
  { channel, place, person }: Asked,
): Promise<string | undefined> {
  const known = recent.last(channel, person.id);
  if (known !== undefined) return known;
  try {
    const messages = await wire.messages(channel, { limit: lookedThrough });
    for (const { id, author } of messages) {
      const turn = author.id === me ? await conversation.turnAt(place, id) : undefined;
      if (turn?.asker === person.id) return turn.turn;
    }
  } catch (error) {
    // Where the bot cannot read there is nothing to find.
    if (troubleOf(error) === 'transient') throw error;
  }
  return undefined;
}

/** `/feedback` */
export const feedback = (_interaction: Interaction, asked: Asked, respond: Respond) =>
  openFeedback(respond, asked, undefined);
