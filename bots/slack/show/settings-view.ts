import { createHash } from 'node:crypto';
import type { types } from '@slack/bolt';
import { z } from 'zod';
import { type ChannelSettings, channelSettingsSchema } from '../../conversation/settings.ts';
import type { Say } from '../../strings/strings.ts';
import { views } from '../names.ts';
import { clipped, mostOn, mrkdwn, plain } from './mrkdwn.ts';

/** Slack's limit for the options of a select. */
const mostOptions = 100;

const blockIds = {
  where: 'where',
  when: 'when',
  sources: 'sources',
  bots: 'bots',
  turns: 'turns',
} as const;

/** Which place the modal is about. */
const aboutSchema = z.object({ channel: z.string() });

/** Names of sources may be longer than Slack lets an option's value be. */
const keyOf = (source: string): string =>
  createHash('sha256').update(source).digest('hex').slice(0, 32);

const option = (label: string, value: string) => ({
  text: plain(clipped(label, mostOn.option)),
  value,
});

/** The settings of a channel as a form. */
export function settingsView(
  channel: string,
  settings: ChannelSettings,
  sources: readonly string[],
  say: Say,
): types.ModalView {
  const inThread = option(say('settings.inThread'), 'thread');
  const inChannel = option(say('settings.inChannel'), 'channel');
  const always = option(say('settings.followUps'), 'followUps');
  const mentioned = option(say('settings.mentionOnly'), 'mentions');
  const never = option(say('settings.quiet'), 'quiet');
  const ignore = option(say('settings.botsIgnore'), 'ignore');
  const answer = option(say('settings.botsAnswer'), 'answer');
  const offered = sources.slice(0, mostOptions).map((source) => option(source, keyOf(source)));
  const allowed = settings.sources?.map(keyOf);
  const chosen = offered.filter(({ value }) => allowed?.includes(value));
  const radio = (
    block: string,
    label: string,
    options: ReturnType<typeof option>[],
    initial: ReturnType<typeof option>,
  ): types.InputBlock => ({
    type: 'input',
    block_id: block,
    label: plain(label),
    element: { type: 'radio_buttons', action_id: block, options, initial_option: initial },
  });
  const when = settings.quiet ? never : settings.followUps ? always : mentioned;
  return {
    type: 'modal',
    callback_id: views.settings,
    private_metadata: JSON.stringify({ channel } satisfies z.infer<typeof aboutSchema>),
    title: plain(clipped(say('button.settings'), mostOn.title)),
    submit: plain(clipped(say('settings.save'), mostOn.title)),
    close: plain(clipped(say('feedback.cancel'), mostOn.title)),
    blocks: [
      {
        type: 'context',
        elements: [
          // A direct message has no name to link.
          mrkdwn(
            channel.startsWith('D')
              ? say('settings.title')
              : `${say('settings.title')}: <#${channel}>`,
          ),
        ],
      },
      radio(
        blockIds.where,
        say('settings.where'),
        [inThread, inChannel],
        settings.answerIn === 'thread' ? inThread : inChannel,
      ),
      radio(blockIds.when, say('settings.when'), [always, mentioned, never], when),
      ...(offered.length === 0
        ? []
        : [
            {
              type: 'input',
              block_id: blockIds.sources,
              optional: true,
              label: plain(say('settings.sources')),
              element: {
                type: 'multi_static_select',
                action_id: blockIds.sources,
                placeholder: plain(say('settings.allSources')),
                options: offered,
                ...(chosen.length === 0 ? {} : { initial_options: chosen }),
              },
            } satisfies types.InputBlock,
          ]),
      radio(
        blockIds.bots,
        say('settings.bots'),
        [ignore, answer],
        settings.bots === 'ignore' ? ignore : answer,
      ),
      {
        type: 'input',
        block_id: blockIds.turns,
        label: plain(say('settings.turnLimit')),
        element: {
          type: 'number_input',
          action_id: blockIds.turns,
          is_decimal_allowed: false,
          initial_value: String(settings.botTurns),
          min_value: '1',
          max_value: '20',
        },
      },
    ],
  };
}

const selected = z.object({ selected_option: z.object({ value: z.string() }).nullable() });
const submittedSchema = z.object({
  private_metadata: z.string(),
  state: z.object({
    values: z.object({
      where: z.object({ where: selected }),
      when: z.object({ when: selected }),
      sources: z
        .object({
          sources: z.object({ selected_options: z.array(z.object({ value: z.string() })) }),
        })
        .optional(),
      bots: z.object({ bots: selected }),
      turns: z.object({ turns: z.object({ value: z.string().nullish() }) }),
    }),
  }),
});

/** Reads the form, given the sources that may be chosen: nothing chosen among them allows all. */
export function readSettings(view: unknown): {
  readonly channel: string;
  readonly read: (sources: readonly string[]) => ChannelSettings;
} {
  const { private_metadata, state } = submittedSchema.parse(view);
  const { where, when, sources, bots, turns } = state.values;
  const keys = sources?.sources.selected_options.map(({ value }) => value) ?? [];
  const mode = when.when.selected_option?.value;
  return {
    channel: aboutSchema.parse(JSON.parse(private_metadata)).channel,
    read(known) {
      const chosen = known.filter((source) => keys.includes(keyOf(source)));
      return channelSettingsSchema.parse({
        answerIn: where.where.selected_option?.value,
        followUps: mode === 'followUps',
        quiet: mode === 'quiet',
        sources: chosen.length === 0 ? null : chosen,
        bots: bots.bots.selected_option?.value,
        botTurns: Number(turns.turns.value),
      });
    },
  };
}
