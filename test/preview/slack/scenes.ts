import manifest from '../../../bots/slack/manifest.json' with { type: 'json' };
import { startSlack } from '../../../bots/slack/start.ts';
import { openTestTwin } from '../../bots/twin.ts';
import { buttonsOf, type Message, startSlackServer } from '../../servers/slack/server.ts';
import { html } from '../html.ts';
import { handbookWritings } from '../library.ts';
import { heldModel } from '../model.ts';
import type { Album, Picture } from '../scene.ts';
import { drawMessages, drawPrompts, drawStatus, drawView } from './draw.ts';

const question = 'How do I make a backup while it is running?';
const unknown = 'Which football club won the cup in 1974?';

const called: Readonly<Record<string, string>> = {
  U1: 'Ada Okafor',
  U2: 'Ben Marlow',
  C1: 'ask-mara',
};

/** What people see in Slack, from the messages that the bot really sends. */
export async function slackAlbum(): Promise<Album> {
  const model = heldModel();
  const twin = await openTestTwin(await handbookWritings(), model.change, {
    limits: { personPerMinute: null, channelPerMinute: null },
  });
  const slack = await startSlackServer({
    manifest,
    teams: [
      {
        id: 'T1',
        users: [
          { id: 'U1', name: 'Ada Okafor', isAdmin: true },
          { id: 'U2', name: 'Ben Marlow' },
        ],
        channels: [{ id: 'C1', name: 'ask-mara' }],
      },
    ],
  });
  const config = {
    access: { kind: 'token' as const, botToken: slack.botToken },
    events: { kind: 'socket' as const, appToken: slack.appToken },
    apiUrl: slack.apiUrl,
    timings: { statusAfterMs: 0, appendEveryMs: 20, editEveryMs: 20, retryMs: 20, stopGraceMs: 20 },
  };
  let bot = await startSlack(twin, config);
  const { workspace } = slack;
  const ada = workspace.user('U1');
  const names = (id: string) => called[id] ?? (id === workspace.bot.user ? 'Understudy' : id);
  const pictures: Picture[] = [];

  const thread = ({ channel, ts }: Message) => workspace.messages(channel, ts);
  const own = (root: Message) => thread(root).filter(({ bot_id }) => bot_id === workspace.bot.id);
  const saying = (root: Message, words: string | RegExp) =>
    slack.until(() =>
      own(root).find((message) => new RegExp(words, 'u').test(JSON.stringify(message.blocks))),
    );
  const finished = (root: Message) =>
    slack.until(() => own(root).find((message) => buttonsOf(message).includes('Regenerate')));
  const take = (title: string, picture: Picture['html']) => pictures.push({ title, html: picture });
  const takeThread = (title: string, root: Message) =>
    take(title, drawMessages(thread(root), names));
  /** What only Ada sees, after so much of it, once as much as that came. */
  const whispered = (after: number, count = 1): Promise<readonly Message[]> =>
    slack.until(() => {
      const fresh = ada.ephemerals().slice(after);
      return fresh.length >= count ? fresh : undefined;
    });
  const command = async (title: string, text: string, count = 1) => {
    const before = ada.ephemerals().length;
    await ada.runs('/twin', text, { channel: 'C1' });
    take(title, drawMessages(await whispered(before, count), names));
  };

  try {
    model.hold();
    const growing = ada.mentions({ channel: 'C1', text: question });
    await saying(growing, 'backup');
    const statuses = workspace.statuses('C1', growing.ts);
    const working = statuses.find(({ status }) => status !== '');
    if (working)
      take('While it looks', drawStatus(working.status, working.loadingMessages, 'Understudy'));
    takeThread('An answer that is being written', growing);
    model.release();
    const answer = await finished(growing);
    takeThread('An answer with its sources', growing);

    await ada.rates(answer, 'negative');
    const reason = await slack.until(() => ada.modal());
    take('What was wrong?', drawView(reason, names));
    await ada.submits({ reason: 'outdated', comment: 'The command has changed.' });
    take('Thanks', drawMessages(await whispered(0), names));

    const nothingKnown = ada.mentions({ channel: 'C1', text: unknown });
    await finished(nothingKnown);
    takeThread('An honest "I do not know"', nothingKnown);

    model.breakDown(true);
    const broken = ada.mentions({ channel: 'C1', text: question });
    await finished(broken);
    takeThread('Something went wrong', broken);
    model.breakDown(false);

    const before = ada.ephemerals().length;
    ada.mentions({ channel: 'C1', text: '' });
    take('A mention without a question', drawMessages(await whispered(before), names));

    model.hold();
    const direct = ada.dms(question);
    const inDirect = await slack.until(() =>
      workspace.messages(direct.channel).find((one) => buttonsOf(one).includes('Stop')),
    );
    take('In a direct message, with a button to stop', drawMessages([direct, inDirect], names));
    await ada.presses(inDirect, 'twin_stop');
    const stopped = await slack.until(() =>
      workspace.messages(direct.channel).find((one) => buttonsOf(one).includes('Regenerate')),
    );
    take('Stopped', drawMessages([direct, stopped], names));
    model.release();

    await command('/twin ask, for oneself', `ask ${question}`, 2);
    await command('/twin sources', 'sources');
    await command('/twin style', 'style');
    await command('/twin help', 'help');

    await ada.runs('/twin', 'settings', { channel: 'C1' });
    take('/twin settings', drawView(await slack.until(() => ada.modal()), names));
    await ada.closesModal();

    await ada.shortcuts('twin_ask_about', growing);
    take('Ask the twin about this', drawView(await slack.until(() => ada.modal()), names));
    await ada.closesModal();

    const resolving = await finished(growing);
    await ada.presses(resolving, 'twin_resolve');
    await slack.until(() => own(growing).length > 1);
    takeThread('Marked as resolved', growing);

    ada.opensHome();
    take('App Home', drawView(await slack.until(() => workspace.home('U1')), names));

    const pane = ada.opensAssistant({ channel: 'C1' });
    const prompts = await slack.until(() => workspace.prompts().at(-1));
    const greeting = await slack.until(() =>
      workspace
        .messages(pane.channel, pane.thread_ts)
        .filter(({ bot_id, text }) => bot_id !== undefined && text !== '')
        .at(-1),
    );
    take(
      'The assistant pane',
      html`${drawMessages([greeting], names)}${drawPrompts(prompts.title, prompts.prompts)}`,
    );

    await bot.close();
    bot = await startSlack(twin, { ...config, showTasks: true });
    model.hold();
    const shown = ada.mentions({ channel: 'C1', text: question });
    await saying(shown, 'backup');
    takeThread('With the stages of the search shown', shown);
    model.release();
    await finished(shown);
    await slack.settled();
    if (slack.violations.length > 0) throw new Error(JSON.stringify(slack.violations));
  } finally {
    await bot.quiesce();
    await twin.conversation.drain(5_000);
    await bot.close();
    await twin.close();
    await slack.close();
  }
  return { platform: 'slack', pictures, cover: 'An answer with its sources' };
}
