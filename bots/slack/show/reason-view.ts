import type { types } from '@slack/bolt';
import { z } from 'zod';
import { type Say, stringsFor } from '../../strings/strings.ts';
import { views } from '../names.ts';
import { clipped, mostOn, plain } from './mrkdwn.ts';

/** What a 👎 is about, carried through the modal. */
const aboutSchema = z.object({
  turn: z.string(),
  listener: z.object({
    channel: z.string(),
    kind: z.enum(['channel', 'direct']),
    root: z.string().nullable(),
    user: z.string(),
  }),
});

export type About = z.infer<typeof aboutSchema>;

const reasons = ['wrong', 'voice', 'source', 'outdated', 'other'] as const;
const mostComment = 1_000;

const blockIds = { reason: 'reason', comment: 'comment' } as const;

/** Asks what was wrong with an answer. */
export function reasonView(about: About, say: Say): types.ModalView {
  return {
    type: 'modal',
    callback_id: views.reason,
    private_metadata: JSON.stringify(about),
    title: plain(clipped(say('feedback.title'), mostOn.title)),
    submit: plain(clipped(say('feedback.submit'), mostOn.title)),
    close: plain(clipped(say('feedback.cancel'), mostOn.title)),
    blocks: [
      {
        type: 'input',
        block_id: blockIds.reason,
        optional: true,
        label: plain(say('feedback.reason')),
        element: {
          type: 'radio_buttons',
          action_id: blockIds.reason,
          options: reasons.map((reason) => ({
            text: plain(clipped(say(`reason.${reason}`), mostOn.option)),
            value: reason,
          })),
        },
      },
      {
        type: 'input',
        block_id: blockIds.comment,
        optional: true,
        label: plain(say('feedback.comment')),
        element: {
          type: 'plain_text_input',
          action_id: blockIds.comment,
          multiline: true,
          max_length: mostComment,
          placeholder: plain(say('feedback.placeholder')),
        },
      },
    ],
  };
}

const stateSchema = z.object({
  private_metadata: z.string(),
  state: z.object({
    values: z.object({
      reason: z.object({
        reason: z.object({ selected_option: z.object({ value: z.enum(reasons) }).nullish() }),
      }),
      comment: z.object({ comment: z.object({ value: z.string().nullish() }) }),
    }),
  }),
});

/** What somebody said was wrong: in English whatever their language, as those who look at it read all of it. */
export function readReason(view: unknown): {
  readonly about: About;
  readonly reason: string | null;
} {
  const { private_metadata, state } = stateSchema.parse(view);
  const { values } = state;
  const chosen = values.reason.reason.selected_option?.value;
  const comment = values.comment.comment.value?.trim() ?? '';
  const english = stringsFor('en');
  const parts = [chosen === undefined ? '' : english(`reason.${chosen}`), comment];
  const reason = parts.filter((part) => part !== '').join(': ');
  return {
    about: aboutSchema.parse(JSON.parse(private_metadata)),
    reason: reason === '' ? null : reason,
  };
}
