import type { types } from '@slack/bolt';
import type { AnswerSource } from '../../../pipelines/inference/ask.ts';
import { slackMrkdwn } from '../../markdown/slack.ts';
import type { Say } from '../../strings/strings.ts';
import { actions } from '../names.ts';
import { clipped, mostOn, mrkdwn, plain } from './mrkdwn.ts';
import { sourcesBlocks } from './sources.ts';

/** What stands under an answer. */
export type Closing = {
  /** A line in words about how the answer ended, as Markdown; null when it ended well. */
  readonly note: string | null;
  readonly sources: readonly AnswerSource[];
  /** Thumbs: for an answer that can be judged. */
  readonly feedback: boolean;
  readonly buttons: readonly ('shorter' | 'longer' | 'again' | 'resolve')[];
};

type Block = types.KnownBlock;

export function closingBlocks(
  turn: string,
  { note, sources, feedback, buttons }: Closing,
  say: Say,
): readonly Block[] {
  const blocks: Block[] = [];
  if (note !== null) blocks.push({ type: 'context', elements: [mrkdwn(slackMrkdwn(note))] });
  blocks.push(...sourcesBlocks(sources, say));
  if (feedback) blocks.push(feedbackBlock(turn, say));
  if (buttons.length > 0) {
    blocks.push({
      type: 'actions',
      block_id: `twin:buttons:${turn}`,
      elements: buttons.map((button) => ({
        type: 'button',
        action_id: actions[button],
        text: plain(clipped(labels[button](say), mostOn.button)),
        value: turn,
      })),
    });
  }
  return blocks;
}

const labels = {
  shorter: (say: Say) => say('button.shorter'),
  longer: (say: Say) => say('button.detail'),
  again: (say: Say) => say('button.regenerate'),
  resolve: (say: Say) => say('button.resolve'),
} as const;

function feedbackBlock(turn: string, say: Say): types.ContextActionsBlock {
  return {
    type: 'context_actions',
    block_id: `twin:feedback:${turn}`,
    elements: [
      {
        type: 'feedback_buttons',
        action_id: actions.feedback,
        positive_button: {
          text: plain(clipped(say('feedback.up'), mostOn.button)),
          accessibility_label: clipped(say('feedback.up'), mostOn.button),
          value: `up:${turn}`,
        },
        negative_button: {
          text: plain(clipped(say('feedback.down'), mostOn.button)),
          accessibility_label: clipped(say('feedback.down'), mostOn.button),
          value: `down:${turn}`,
        },
      },
    ],
  };
}

/** Under an answer that is edited as it grows. */
export function stopBlock(turn: string, say: Say): types.ActionsBlock {
  return {
    type: 'actions',
    block_id: `twin:stop:${turn}`,
    elements: [
      {
        type: 'button',
        action_id: actions.stop,
        text: plain(clipped(say('button.stop'), mostOn.button)),
        value: turn,
      },
    ],
  };
}
