import { expect } from 'vitest';
import manifest from '../../../bots/slack/manifest.json' with { type: 'json' };
import { startSlack } from '../../../bots/slack/start.ts';
import type { ChannelDriver } from '../../conformance/channel.ts';
import {
  type Message,
  pingsOf,
  startSlackServer,
  visibleText,
} from '../../servers/slack/server.ts';
import type { Stage } from '../conversation/stage.ts';

/**
 * Slack with the real Bolt: a mention in a channel, then follow-ups in its thread without one. Of each question one
 * acknowledgement goes missing, so that Slack delivers it again when the driver waits for it.
 */
export async function openSlackDriver(stage: Stage): Promise<ChannelDriver> {
  const slack = await startSlackServer({
    manifest,
    ackDeadlineMs: 60_000,
    triggerLifetimeMs: 60_000,
    retryDelaysMs: [200],
  });
  const bot = await startSlack(stage.ports, {
    access: { kind: 'token', botToken: slack.botToken },
    events: { kind: 'socket', appToken: slack.appToken },
    apiUrl: slack.apiUrl,
    timings: { appendEveryMs: 5, editEveryMs: 5, stopGraceMs: 50, retryMs: 10 },
  });
  const { workspace } = slack;
  const ada = workspace.user('U1');
  const channel = 'C1';
  let root: Message | undefined;
  let question: Message | undefined;

  const own = () =>
    root === undefined
      ? []
      : workspace
          .messages(channel, root.ts)
          .filter(({ bot_id }) => bot_id === workspace.bot.id)
          .concat(ada.ephemerals(channel));
  const answer = (): Message => {
    const found = own().findLast(({ ephemeralTo }) => ephemeralTo === undefined);
    if (found === undefined) throw new Error('There is no answer yet.');
    return found;
  };
  const asked = (): Message => {
    if (question === undefined) throw new Error('Nothing was asked yet.');
    return question;
  };
  const acknowledged = async (press: Promise<{ readonly outcome: string }>) =>
    expect(await press).toMatchObject({ outcome: 'acknowledged' });
  const isOfQuestion = ({ payload }: { readonly payload: Readonly<Record<string, unknown>> }) =>
    (payload['event'] as { readonly ts?: string } | undefined)?.ts === asked().ts;

  return {
    async ask(text) {
      slack.faults.loseAcks();
      question = root
        ? ada.says({ channel, text, thread_ts: root.ts })
        : ada.mentions({ channel, text });
      root ??= question;
    },
    async redeliver() {
      await slack.until(() =>
        slack.deliveries.some(
          (delivery) =>
            delivery.attempt > 0 && isOfQuestion(delivery) && delivery.state === 'acknowledged',
        ),
      );
    },
    stop: async () => ada.stopsStream(answer()),
    async rate(value, reason) {
      const thumb = value === 'up' ? 'positive' : 'negative';
      await acknowledged(ada.rates(await slack.until(judgeable), thumb));
      if (reason === null) return;
      await slack.until(() => ada.modal());
      await acknowledged(ada.submits({ comment: reason }));
    },
    async shorter() {
      await acknowledged(ada.presses(await slack.until(judgeable), 'twin_shorter'));
    },
    edit: async (text) => ada.edits(asked(), `<@${workspace.bot.user}> ${text}`),
    remove: async () => ada.deletes(asked()),
    seen: () => own().map(visibleText),
    async close() {
      await bot.quiesce();
      await stage.conversation.drain(5_000);
      await bot.close();
      await slack.close();
      const shown = [...workspace.botMessages(), ...workspace.ephemerals()];
      expect(slack.violations).toEqual([]);
      expect(shown.flatMap((message) => pingsOf(message))).toEqual([]);
    },
  };

  function judgeable(): Message | undefined {
    return own().findLast(({ blocks }) => blocks.some(({ type }) => type === 'context_actions'));
  }
}
