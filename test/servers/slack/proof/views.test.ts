import type { types } from '@slack/bolt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bolt, errorOf, plainClient, startBolt } from '../bolt.ts';
import { type SlackServer, startSlackServer } from '../server.ts';

let slack: SlackServer;
let bolt: Bolt;
let client: ReturnType<typeof plainClient>;
let triggers: string[];
let submitted: unknown[];

beforeEach(async () => {
  slack = await startSlackServer();
  client = plainClient(slack);
  triggers = [];
  submitted = [];
  bolt = await startBolt(slack, (app) => {
    app.command('/twin', async ({ ack, command }) => {
      await ack();
      triggers.push(command.trigger_id);
    });
    app.view({ callback_id: 'form', type: 'view_submission' }, async ({ ack, view }) => {
      await ack(view.private_metadata === 'wipe' ? { response_action: 'clear' } : undefined);
      submitted.push(view.state.values);
    });
    app.view({ callback_id: 'form', type: 'view_closed' }, async ({ ack }) => {
      await ack();
      submitted.push('closed');
    });
    app.action(/.*/, async ({ ack, action }) => {
      await ack();
      submitted.push(action);
    });
  });
});
afterEach(async () => {
  await bolt.stop();
  await slack.close();
});

const person = () => slack.workspace.user('U1');
const words = (text: string) => ({ type: 'plain_text' as const, text });
const form = (title: string, more: Partial<types.ModalView> = {}): types.ModalView => ({
  type: 'modal',
  callback_id: 'form',
  title: words(title),
  blocks: [{ type: 'divider' }],
  ...more,
});
async function trigger(): Promise<string> {
  const before = triggers.length;
  await person().runs('/twin', '');
  await slack.until(() => triggers.length > before);
  return triggers.at(-1) ?? '';
}
const codes = () => slack.violations.map(({ code }) => code);

describe('a trigger', () => {
  it('opens one modal', async () => {
    const trigger_id = await trigger();
    const { view } = await client.views.open({ trigger_id, view: form('One') });
    expect(view).toMatchObject({ root_view_id: view?.id, previous_view_id: null });
    expect(await errorOf(client.views.open({ trigger_id, view: form('Two') }))).toBe(
      'exchanged_trigger_id',
    );
    expect(person().modal()?.title).toBe('One');
    expect(codes()).toEqual(['exchanged_trigger_id']);
  });

  it('is good for a few seconds, which is nobody’s mistake', async () => {
    const late = await startSlackServer({ triggerLifetimeMs: 0 });
    let trigger_id = '';
    const hasty = await startBolt(late, (app) => {
      app.command('/twin', async ({ ack, command }) => {
        trigger_id = command.trigger_id;
        await ack();
      });
    });
    try {
      await late.workspace.user('U1').runs('/twin', '');
      const opened = plainClient(late).views.open({ trigger_id, view: form('Late') });
      expect(await errorOf(opened)).toBe('expired_trigger_id');
      expect(late.violations).toEqual([]);
    } finally {
      await hasty.stop();
      await late.close();
    }
  });

  it.each([
    ['a title of 25 characters', form('x'.repeat(25)), 'invalid_arguments'],
    [
      'a private note of 3,001 characters',
      form('x', { private_metadata: 'x'.repeat(3_001) }),
      'invalid_arguments',
    ],
    [
      'Markdown',
      form('x', { blocks: [{ type: 'markdown', text: 'x' }] as never }),
      'invalid_blocks',
    ],
    [
      'an input and nothing to send it by',
      form('x', {
        blocks: [{ type: 'input', label: words('x'), element: { type: 'plain_text_input' } }],
      }),
      'invalid_arguments',
    ],
  ])('opens no modal with %s', async (_what, view, error) => {
    expect(await errorOf(client.views.open({ trigger_id: await trigger(), view }))).toBe(error);
    expect(person().modal()).toBeUndefined();
    expect(slack.violations).toHaveLength(1);
  });
});

describe('modals', () => {
  it('are pushed on one another, three deep, and closed one by one or all together', async () => {
    await client.views.open({ trigger_id: await trigger(), view: form('One') });
    const second = form('Two', { notify_on_close: true });
    await client.views.push({ trigger_id: await trigger(), view: second });
    await client.views.push({ trigger_id: await trigger(), view: form('Three') });
    const fourth = client.views.push({ trigger_id: await trigger(), view: form('Four') });
    expect(await errorOf(fourth)).toBe('push_limit_reached');
    await person().closesModal();
    expect(person().modal()?.title).toBe('Two');
    await person().closesModal();
    await slack.until(() => submitted.length === 1);
    expect(submitted).toEqual(['closed']);
    await client.views.push({
      trigger_id: await trigger(),
      view: form('Last', { private_metadata: 'wipe', submit: words('Go') }),
    });
    await person().submits();
    expect(person().modal()).toBeUndefined();
  });

  it('change under the person’s eyes, unless somebody was faster', async () => {
    const { view } = await client.views.open({ trigger_id: await trigger(), view: form('One') });
    const view_id = view?.id ?? '';
    const hash = view?.hash ?? '';
    await client.views.update({ view_id, hash, view: form('Two') });
    expect(person().modal()?.title).toBe('Two');
    const slower = client.views.update({ view_id, hash, view: form('Three') });
    expect(await errorOf(slower)).toBe('hash_conflict');
    await person().closesModal();
    expect(await errorOf(client.views.update({ view_id, view: form('Four') }))).toBe('not_found');
    expect(codes()).toEqual([]);
  });

  it('report every kind of field, filled in or as it was', async () => {
    const options = ['a', 'b', 'c'].map((value) => ({ text: words(value), value }));
    const input = (block_id: string, element: types.InputBlockElement): types.InputBlock => ({
      type: 'input',
      block_id,
      label: words(block_id),
      element,
      optional: true,
    });
    const blocks = [
      input('1', { type: 'static_select', action_id: 'one', options }),
      input('2', {
        type: 'checkboxes',
        action_id: 'some',
        options,
        initial_options: [options[2]!],
      }),
      input('3', { type: 'multi_channels_select', action_id: 'where', initial_channels: ['C1'] }),
      input('4', { type: 'plain_text_input', action_id: 'text', initial_value: 'as it was' }),
      input('5', { type: 'radio_buttons', action_id: 'none', options }),
    ];
    const view = form('Form', { submit: words('Send'), blocks });
    await client.views.open({ trigger_id: await trigger(), view });
    await expect(person().submits({ other: 'x' })).rejects.toThrow('no field other');
    await expect(person().submits({ one: 'z' })).rejects.toThrow('does not offer z');
    await person().submits({ one: 'b' });
    expect(submitted).toEqual([
      {
        1: { one: { type: 'static_select', selected_option: options[1] } },
        2: { some: { type: 'checkboxes', selected_options: [options[2]] } },
        3: { where: { type: 'multi_channels_select', selected_channels: ['C1'] } },
        4: { text: { type: 'plain_text_input', value: 'as it was' } },
        5: { none: { type: 'radio_buttons', selected_option: null } },
      },
    ]);
  });

  it('report at once what is chosen in a message', async () => {
    const options = ['a', 'b'].map((value) => ({ text: words(value), value }));
    const menu = { type: 'overflow' as const, action_id: 'menu', options };
    const blocks = [{ type: 'actions' as const, elements: [menu] }];
    await client.chat.postMessage({ channel: 'C1', text: 'x', blocks });
    const [message] = slack.workspace.messages('C1');
    await person().chooses(message!, 'menu', 'b');
    await slack.until(() => submitted.length === 1);
    expect(submitted[0]).toMatchObject({ action_id: 'menu', selected_option: options[1] });
  });
});
