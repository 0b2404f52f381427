import { ComponentType, InteractionResponseType } from 'discord.js';
import type { ChannelSettings } from '../../conversation/settings.ts';
import type { Say } from '../../strings/strings.ts';
import { customId } from '../answer/buttons.ts';
import { type Component, type Page, row, text } from '../answer/components.ts';
import type { Desk } from '../desk.ts';
import type { Asked, Respond } from '../interactions/asked.ts';
import { answerPrivately, handleOf, tellPrivately } from '../interactions/respond.ts';
import type { Interaction, PressInteraction } from '../payloads/interaction.ts';
import { hasPermission } from '../permissions.ts';
import { bodyOf } from '../writer/body.ts';

/** Stands for "all" among the names of sources, none of which is empty. */
const all = '*';
const mostOptions = 25;
const longest = 100;
const botTurnChoices = [1, 3, 5, 10] as const;

const mayChange = ({ member }: Interaction): boolean =>
  hasPermission(member?.permissions, 'ManageChannels');

/** `/settings`: the channel's settings as a form that changes them at once. */
export async function settings(
  desk: Desk,
  interaction: Interaction,
  asked: Asked,
  respond: Respond,
): Promise<void> {
  await answerPrivately(desk, interaction, asked, respond, async () =>
    mayChange(interaction) ? panel(desk, asked) : [text(asked.say('settings.adminsOnly'))],
  );
}

/** Something was chosen in the form. */
export async function changeSetting(
  desk: Desk,
  interaction: PressInteraction,
  asked: Asked,
  respond: Respond,
  field: string,
): Promise<void> {
  await respond({ type: InteractionResponseType.DeferredMessageUpdate });
  if (!mayChange(interaction)) {
    return tellPrivately(desk, interaction, asked.say('settings.adminsOnly'));
  }
  const before = await desk.conversation.settings(asked.place);
  const changed = chosen(before, field, interaction.data.values);
  await desk.conversation.changeSettings(asked.place, changed);
  const page = await panel(desk, asked);
  await desk.wire.editThrough(handleOf(interaction), '@original', bodyOf(page));
}

function chosen(
  settings: ChannelSettings,
  field: string,
  values: readonly string[],
): ChannelSettings {
  const [value = ''] = values;
  switch (field) {
    case 'where':
      return { ...settings, answerIn: value === 'channel' ? 'channel' : 'thread' };
    case 'when':
      return { ...settings, quiet: value === 'quiet', followUps: value === 'followUps' };
    case 'bots':
      return value === 'ignore'
        ? { ...settings, bots: 'ignore' }
        : { ...settings, bots: 'answer', botTurns: Number(value) || settings.botTurns };
    case 'sources':
      return { ...settings, sources: values.includes(all) ? null : [...values] };
    default:
      return settings;
  }
}

async function panel({ conversation, knowledge }: Desk, { place, say }: Asked): Promise<Page> {
  const settings = await conversation.settings(place);
  const when = settings.quiet ? 'quiet' : settings.followUps ? 'followUps' : 'mentionOnly';
  const bots = settings.bots === 'ignore' ? 'ignore' : String(settings.botTurns);
  const turns = [...new Set([...botTurnChoices, settings.botTurns])].sort((a, b) => a - b);
  const option = (value: string, label: string, selected: boolean) => ({
    value,
    label: label.length <= longest ? label : `${label.slice(0, longest - 1)}…`,
    default: selected,
  });
  const known = (await knowledge.sources())
    .map(({ name }) => name)
    .filter((name) => name.length <= longest)
    .slice(0, mostOptions - 1);
  return [
    text(`### ${say('settings.title')}\n-# ${say('settings.current')}`),
    text(`**${say('settings.where')}**`),
    select('where', [
      option('thread', say('settings.inThread'), settings.answerIn === 'thread'),
      option('channel', say('settings.inChannel'), settings.answerIn === 'channel'),
    ]),
    text(`**${say('settings.when')}**`),
    select('when', [
      option('followUps', say('settings.followUps'), when === 'followUps'),
      option('mentionOnly', say('settings.mentionOnly'), when === 'mentionOnly'),
      option('quiet', say('settings.quiet'), when === 'quiet'),
    ]),
    text(`**${say('settings.bots')}**`),
    select('bots', [
      option('ignore', say('settings.botsIgnore'), bots === 'ignore'),
      ...turns.map((count) =>
        option(String(count), turnsLabel(say, count), bots === String(count)),
      ),
    ]),
    text(`**${say('settings.sources')}**`),
    select(
      'sources',
      [
        option(all, say('settings.allSources'), settings.sources === null),
        ...known.map((name) => option(name, name, settings.sources?.includes(name) ?? false)),
      ],
      known.length + 1,
    ),
  ];
}

const turnsLabel = (say: Say, count: number): string =>
  `${say('settings.botsAnswer')}: ${say.number(count)}`;

function select(field: string, options: readonly object[], most = 1): Component {
  return row({
    type: ComponentType.StringSelect,
    custom_id: customId('set', field),
    options,
    min_values: 1,
    max_values: most,
  });
}
