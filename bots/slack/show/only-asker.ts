import type { types } from '@slack/bolt';
import type { AnswerSource } from '../../../pipelines/inference/ask.ts';
import { TransientError } from '../../../pipelines/stores/errors.ts';
import type { ReplyEvent } from '../../conversation/channel.ts';
import type { Message } from '../../conversation/message.ts';
import type { Say } from '../../strings/strings.ts';
import { endOfMessage, type Lengths, messageText } from '../stream/cut.ts';
import { refusal } from '../web/refusal.ts';
import { openAnswerText } from './answer-text.ts';
import { closingBlocks } from './closing.ts';
import { clipped, fallbackText } from './mrkdwn.ts';
import { closingFor, type End } from './outcome.ts';

/** Where Slack takes answers to an interaction: five, within half an hour. */
export type Handle = { readonly url: string; readonly replaces: boolean };

const mostMessages = 5;

/** An answer that only the asker sees. It cannot grow: it comes when it is whole. */
export async function showToAsker(
  first: ReplyEvent | undefined,
  rest: AsyncIterator<ReplyEvent>,
  {
    handle,
    turn,
    task,
    say,
    lengths,
    callMs,
    before,
  }: {
    readonly handle: Handle;
    readonly turn: string;
    readonly task: Message['task'];
    readonly say: Say;
    readonly lengths: Lengths;
    readonly callMs: number;
    /** Told right before the first message goes out. */
    readonly before: () => Promise<void>;
  },
): Promise<void> {
  const text = openAnswerText();
  let sources: readonly AnswerSource[] = [];
  let end: End | undefined;
  for (let event = first; event !== undefined; ) {
    if (event.type === 'sources') {
      sources = event.sources;
      text.sources(sources);
    } else if (event.type === 'text') {
      text.add(event);
    } else if (event.type !== 'status' && event.type !== 'notice') {
      end = event;
    }
    const result = await rest.next();
    event = result.done === true ? undefined : result.value;
  }
  if (end === undefined) throw new Error('An answer ended without saying how.');
  if (end.type === 'stopped' && (end.reason === 'deleted' || end.reason === 'restarted')) return;
  const isSummary = task === 'summary' && end.type === 'done' && end.outcome === 'answered';
  const heading = isSummary ? `**${say('summary.heading')}**\n\n` : '';
  const whole = heading + text.whole();
  const closing = closingFor(end, { sources, said: whole !== '', threaded: false, task, say });
  await before();
  const pieces = piecesOf(whole, lengths);
  for (const [index, piece] of pieces.entries()) {
    const last = index === pieces.length - 1;
    const said: types.KnownBlock[] = piece === '' ? [] : [{ type: 'markdown', text: piece }];
    const note = last ? (closing.note ?? '') : '';
    await respond(
      { ...handle, replaces: handle.replaces && index === 0 },
      {
        text: fallbackText(`${piece}\n\n${note}`),
        blocks: [...said, ...(last ? closingBlocks(turn, closing, say) : [])],
      },
      callMs,
    );
  }
}

function piecesOf(text: string, lengths: Lengths): readonly string[] {
  const pieces: string[] = [];
  let from = 0;
  while (pieces.length < mostMessages - 1) {
    const end = endOfMessage(text, from, from, lengths);
    if (end === undefined) break;
    pieces.push(messageText(text, from, end, true));
    from = end;
  }
  return [...pieces, clipped(messageText(text, from, text.length, true), lengths.hard)];
}

/**
 * Posts to a response URL. One that replaces may be repeated; of another, an unclear end is a failure, so that
 * nothing is shown twice.
 */
export async function respond(
  { url, replaces }: Handle,
  message: { readonly text: string; readonly blocks?: readonly types.KnownBlock[] },
  callMs: number,
): Promise<void> {
  const body = JSON.stringify({
    response_type: 'ephemeral',
    ...message,
    ...(replaces ? { replace_original: true } : {}),
    unfurl_links: false,
    unfurl_media: false,
  });
  let cause: unknown;
  for (let tries = replaces ? 3 : 1; tries > 0; tries -= 1) {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body,
        signal: AbortSignal.timeout(callMs),
      });
      const said = await response.text();
      if (response.ok) return;
      if (response.status < 500) throw refusal(said.slice(0, 80) || `http_${response.status}`);
      cause = new Error(`${response.status} ${said.slice(0, 80)}`);
    } catch (failure) {
      if (
        failure instanceof Error &&
        'code' in failure &&
        String(failure.code).startsWith('slack.')
      ) {
        throw failure;
      }
      cause = failure;
    }
  }
  throw new TransientError('Slack did not take an answer that only the asker sees.', {
    code: 'slack.unreachable',
    hint: 'The asker can ask again; if it keeps happening, look at https://slack-status.com.',
    cause,
  });
}
