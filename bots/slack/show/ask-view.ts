import type { types } from '@slack/bolt';
import { z } from 'zod';
import type { Say } from '../../strings/strings.ts';
import { views } from '../names.ts';
import { clipped, mostOn, plain } from './mrkdwn.ts';

/** The message that is asked about. */
const aboutSchema = z.object({ channel: z.string(), root: z.string() });
export type AskedAbout = z.infer<typeof aboutSchema>;

const blockId = 'question';
/** Slack's limit for what a field begins with. */
const mostText = 3_000;

/** A question about a message; the message itself is what it begins with. */
export function askView(about: AskedAbout, text: string, say: Say): types.ModalView {
  return {
    type: 'modal',
    callback_id: views.ask,
    private_metadata: JSON.stringify(about),
    title: plain(clipped(say('shortcut.ask'), mostOn.title)),
    submit: plain(clipped(say('button.ask'), mostOn.title)),
    close: plain(clipped(say('feedback.cancel'), mostOn.title)),
    blocks: [
      {
        type: 'input',
        block_id: blockId,
        label: plain(say('option.question')),
        element: {
          type: 'plain_text_input',
          action_id: blockId,
          multiline: true,
          max_length: mostText,
          ...(text === '' ? {} : { initial_value: clipped(text, mostText) }),
        },
      },
    ],
  };
}

const submittedSchema = z.object({
  id: z.string(),
  private_metadata: z.string(),
  state: z.object({
    values: z.object({
      question: z.object({ question: z.object({ value: z.string().nullish() }) }),
    }),
  }),
});

export function readAsk(view: unknown): {
  readonly id: string;
  readonly about: AskedAbout;
  readonly question: string;
} {
  const { id, private_metadata, state } = submittedSchema.parse(view);
  return {
    id,
    about: aboutSchema.parse(JSON.parse(private_metadata)),
    question: state.values.question.question.value?.trim() ?? '',
  };
}
