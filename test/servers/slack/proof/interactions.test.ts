import type { App } from '@slack/bolt';
import { afterEach, describe, expect, it } from 'vitest';
import { type Bolt, startBolt } from '../bolt.ts';
import {
  buttonsOf,
  type SlackServer,
  type SlackServerOptions,
  startSlackServer,
  visibleText,
} from '../server.ts';

let slack: SlackServer;
let bolt: Bolt | undefined;

async function start(listen: (app: App) => void, options?: SlackServerOptions): Promise<void> {
  slack = await startSlackServer(options);
  bolt = await startBolt(slack, listen);
}

afterEach(async () => {
  await bolt?.stop();
  bolt = undefined;
  await slack.close();
});

const user = (id = 'U1') => slack.workspace.user(id);
const words = (text: string) => ({ type: 'plain_text' as const, text });

describe('interactions', () => {
  const press = { type: 'button' as const, action_id: 'more', text: words('More'), value: '42' };
  const asking = async ({ say }: { say: (message: object) => Promise<unknown> }) => {
    const blocks = [{ type: 'actions', elements: [press] }];
    await say({ text: 'Fallback', blocks: [{ type: 'markdown', text: 'An answer' }, ...blocks] });
  };

  it('a button reports where and what, and its response URL works five times', async () => {
    const refused: unknown[] = [];
    await start((app) => {
      app.message(async (args) => asking(args as never));
      app.action('more', async ({ ack, body, action, respond }) => {
        await ack();
        if (body.type !== 'block_actions' || !('value' in action)) return;
        await respond({ replace_original: true, text: `${action.value} by ${body.user.id}` });
        for (const text of ['one', 'two', 'three', 'four']) await respond(text);
        await respond('five').catch((failure) => refused.push(failure.statusCode));
      });
    });
    user().dms('hello');
    const answer = await slack.until(() => slack.workspace.botMessages()[0]);
    expect(visibleText(answer)).toBe('An answer');
    expect(buttonsOf(answer)).toEqual(['More']);
    await expect(user().presses(answer, 'less')).rejects.toThrow('There is: more');
    expect(await user().presses(answer, 'more')).toMatchObject({ outcome: 'acknowledged' });
    await slack.until(() => refused.length === 1);
    expect(visibleText(answer)).toBe('42 by U1');
    expect(user().ephemerals().map(visibleText)).toEqual(['one', 'two', 'three', 'four']);
    expect(user('U2').ephemerals()).toEqual([]);
    expect(refused).toEqual([404]);
    expect(slack.violations.map(({ code }) => code)).toEqual(['used_url']);
  });

  it('feedback opens a modal, which is checked, changed and sent', async () => {
    const sent: unknown[] = [];
    const reason = (label: string) => ({
      type: 'modal' as const,
      callback_id: 'why',
      title: words(label),
      submit: words('Send'),
      private_metadata: 'kept',
      blocks: [
        {
          type: 'input' as const,
          block_id: 'reason',
          label: words('Reason'),
          element: { type: 'plain_text_input' as const, action_id: 'text' },
        },
      ],
    });
    await start((app) => {
      app.message(async ({ say }) => {
        const rating = (text: string) => ({ text: words(text), value: text });
        const buttons = { positive_button: rating('Good'), negative_button: rating('Bad') };
        const elements = [{ type: 'feedback_buttons' as const, action_id: 'rate', ...buttons }];
        await say({ text: 'An answer', blocks: [{ type: 'context_actions', elements }] });
      });
      app.action('rate', async ({ ack, body, action, client }) => {
        await ack();
        if (body.type !== 'block_actions' || !('value' in action)) return;
        sent.push(action.value);
        await client.views.open({ trigger_id: body.trigger_id, view: reason('Why?') });
      });
      app.view('why', async ({ ack, view }) => {
        const text = view.state.values['reason']?.['text']?.value ?? '';
        if (text.length < 5)
          return ack({ response_action: 'errors', errors: { reason: 'Longer' } });
        if (text === 'again') return ack({ response_action: 'update', view: reason('Again') });
        sent.push(text, view.private_metadata);
        return ack();
      });
    });
    user().dms('hello');
    const answer = await slack.until(() => slack.workspace.botMessages()[0]);
    await user().rates(answer, 'negative');
    expect((await slack.until(() => user().modal())).title).toBe('Why?');
    await expect(user().submits({})).rejects.toThrow('must be filled in');
    await user().submits({ text: 'no' });
    expect(user().modal()?.errors).toEqual({ reason: 'Longer' });
    await user().submits({ text: 'again' });
    expect(user().modal()?.title).toBe('Again');
    await user().submits({ text: 'It is wrong' });
    expect(user().modal()).toBeUndefined();
    expect(sent).toEqual(['Bad', 'It is wrong', 'kept']);
    expect(slack.violations).toEqual([]);
  });

  it('a command is answered with its acknowledgement, for one and for all', async () => {
    await start((app) => {
      app.command('/twin', async ({ ack, command, respond }) => {
        await ack(`Looking for ${command.text}`);
        await respond({ response_type: 'in_channel', text: 'Found' });
      });
    });
    await user().runs('/twin', 'ask what', { channel: 'C1' });
    await slack.until(() => slack.workspace.messages('C1').length === 1);
    expect(user().ephemerals('C1').map(visibleText)).toEqual(['Looking for ask what']);
    expect(slack.workspace.messages('C1').map(visibleText)).toEqual(['Found']);
    expect(slack.violations).toEqual([]);
  });

  it('an answer for one person can be taken back or replaced by what is pressed in it', async () => {
    await start((app) => {
      app.command('/twin', async ({ ack }) => {
        const keep = { ...press, action_id: 'keep' };
        const elements = [press, keep];
        await ack({ text: 'x', blocks: [{ type: 'actions', elements }] });
      });
      app.action('more', async ({ ack, respond }) => {
        await ack();
        await respond({ replace_original: true, text: 'More' });
      });
      app.action('keep', async ({ ack, respond }) => {
        await ack();
        await respond({ delete_original: true });
      });
    });
    for (const action of ['more', 'keep']) {
      await user().runs('/twin', '');
      const [shown] = user().ephemerals().slice(-1);
      await user().presses(shown!, action);
      await slack.until(() => shown!.history.length === 2);
    }
    expect(user().ephemerals().map(visibleText)).toEqual(['More']);
    expect(slack.deliveries.at(-1)?.payload).not.toHaveProperty('message');
    expect(slack.violations).toEqual([]);
  });

  it('a reaction names what it is on', async () => {
    const seen: unknown[] = [];
    await start((app) => {
      app.event(
        'reaction_added',
        async ({ event }) => void seen.push([event.reaction, event.item]),
      );
    });
    const said = user().says({ channel: 'C1', text: 'x' });
    user('U2').reacts(said, 'eyes');
    await slack.until(() => seen.length === 1);
    expect(seen).toEqual([['eyes', { type: 'message', channel: 'C1', ts: said.ts }]]);
  });

  it('shortcuts name the message, or nothing', async () => {
    const used: unknown[] = [];
    await start((app) => {
      app.shortcut('ask', async ({ ack, shortcut }) => {
        await ack();
        used.push([shortcut.type, 'message' in shortcut ? shortcut.message.text : undefined]);
      });
    });
    const said = user('U2').says({ channel: 'C1', text: 'something' });
    await user().shortcuts('ask', said);
    await user().globalShortcut('ask');
    expect(used).toEqual([
      ['message_action', 'something'],
      ['shortcut', undefined],
    ]);
  });

  it('the home tab is published for one person, and its buttons work', async () => {
    const pressed: string[] = [];
    await start((app) => {
      app.event('app_home_opened', async ({ event, client }) => {
        const blocks = [{ type: 'actions' as const, elements: [press] }];
        const view = { type: 'home' as const, blocks };
        await client.views.publish({ user_id: event.user, view });
      });
      app.action('more', async ({ ack, body }) => {
        await ack();
        pressed.push(body.user.id);
      });
    });
    user('U2').opensHome();
    const home = await slack.until(() => slack.workspace.home('U2'));
    await user('U2').presses(home, 'more');
    expect(pressed).toEqual(['U2']);
    expect(slack.workspace.home('U1')).toBeUndefined();
  });

  it('an interaction that is not acknowledged is lost, and both sides know', async () => {
    await start((app) => app.command('/twin', async () => {}), { ackDeadlineMs: 50 });
    expect(await user().runs('/twin', '')).toMatchObject({ outcome: 'operation_timeout' });
    expect(slack.violations.map(({ code }) => code)).toEqual(['late_ack']);
  });
});
