import { expect, test } from 'vitest';
import { buttonsOf, inParts, play, visibleText } from './scene.ts';

const bread = 'How long do you bake sourdough?';
const place = { platform: 'slack', workspace: 'T1', channel: 'C1', kind: 'channel' } as const;

test('a thumb up is taken and thanked for', () =>
  play({}, async ({ ada, bo, answerTo, slack, twin }) => {
    const said = await answerTo(ada.mentions({ channel: 'C1', text: bread }));
    await bo.rates(said, 'positive');
    const thanks = await slack.until(() => bo.ephemerals('C1').at(-1));
    expect(thanks.text).toBe('Thank you, good to know.');
    expect((await twin.recentFeedback(5)).map(({ value, question }) => [value, question])).toEqual([
      ['up', bread],
    ]);
  }));

test('a thumb down is taken at once, and asked about', () =>
  play({}, async ({ ada, answerTo, slack, twin }) => {
    const said = await answerTo(ada.mentions({ channel: 'C1', text: bread }));
    const pressed = await ada.rates(said, 'negative');
    expect(pressed.outcome).toBe('acknowledged');
    const modal = await slack.until(() => ada.modal());
    expect(modal.title).toBe('What was wrong?');
    await expect
      .poll(async () => (await twin.recentFeedback(5))[0]?.value, { timeout: 10_000 })
      .toBe('down');
    await ada.submits({ reason: 'outdated', comment: 'He has a new oven.' });
    await slack.until(() => ada.ephemerals('C1').length > 0);
    const [given] = await twin.recentFeedback(5);
    expect(given).toMatchObject({ value: 'down', reason: 'It is out of date: He has a new oven.' });
    expect(await twin.recentFeedback(5)).toHaveLength(1);
  }));

test('a thumb down without a reason counts, too', () =>
  play({}, async ({ ada, answerTo, slack, twin }) => {
    const said = await answerTo(ada.mentions({ channel: 'C1', text: bread }));
    await ada.rates(said, 'negative');
    await slack.until(() => ada.modal());
    await ada.closesModal();
    await ada.rates(said, 'negative');
    await slack.until(() => ada.modal());
    await ada.submits({});
    await slack.until(() => ada.ephemerals('C1').length > 0);
    expect(await twin.recentFeedback(5)).toMatchObject([{ value: 'down', reason: null }]);
  }));

for (const [action, wanted] of [
  ['twin_shorter', 'short'],
  ['twin_longer', 'long'],
] as const) {
  test(`${action} puts another answer in the place of the first`, () =>
    play(
      { says: (request, nth) => `Answer ${nth} (${request.length ?? 'any'} length).` },
      async ({ ada, answerTo, slack, own }) => {
        const question = ada.mentions({ channel: 'C1', text: bread });
        const said = await answerTo(question);
        await ada.presses(said, action);
        await slack.until(() =>
          visibleText(own('C1', question.ts)[0]!).includes(`Answer 1 (${wanted} length).`),
        );
        await slack.until(() => buttonsOf(own('C1', question.ts)[0]!).includes('Regenerate'));
        expect(own('C1', question.ts).map(({ ts }) => ts)).toEqual([said.ts]);
      },
    ));
}

test('an answer that was written anew can be judged and written anew once more', () =>
  play(
    { says: (_request, nth) => `Answer ${nth}.` },
    async ({ ada, bo, answerTo, slack, own, twin }) => {
      const question = ada.mentions({ channel: 'C1', text: bread });
      const shown = (text: string) =>
        slack.until(() => {
          const [said] = own('C1', question.ts);
          return said && visibleText(said).includes(text) && buttonsOf(said).includes('Regenerate')
            ? said
            : undefined;
        });
      await ada.presses(await answerTo(question), 'twin_again');
      const second = await shown('Answer 1.');
      await bo.rates(second, 'positive');
      await slack.until(() => bo.ephemerals('C1').length > 0);
      await bo.presses(second, 'twin_again');
      await shown('Answer 2.');
      expect(await twin.recentFeedback(5)).toHaveLength(1);
      expect(own('C1', question.ts)).toHaveLength(1);
    },
  ));

test('an answer of several messages is replaced by one of fewer', () =>
  play(
    {
      says: (_request, nth) =>
        nth === 0
          ? Array.from({ length: 30 }, (_, n) => `Paragraph ${n} ${'words '.repeat(120)}`).join(
              '\n\n',
            )
          : 'In short: yes.',
    },
    async ({ ada, answerTo, own, slack }) => {
      const question = ada.mentions({ channel: 'C1', text: bread });
      const last = await answerTo(question);
      expect(own('C1', question.ts).length).toBeGreaterThan(1);
      await ada.presses(last, 'twin_shorter');
      await slack.until(() => own('C1', question.ts).length === 1);
      expect(visibleText(own('C1', question.ts)[0]!)).toContain('In short: yes.');
    },
  ));

test('a resolved thread is left alone until the twin is mentioned again', () =>
  play({ says: () => 'Yes.' }, async ({ ada, bo, answer, slack, own, workspace, still }) => {
    const question = ada.mentions({ channel: 'C1', text: bread });
    const said = await answer('C1', question.ts);
    await bo.presses(said, 'twin_resolve');
    await slack.until(() => own('C1', question.ts).length === 2);
    expect(visibleText(own('C1', question.ts)[1]!)).toContain('u2 marked this as resolved');
    bo.says({ channel: 'C1', thread_ts: question.ts, text: 'Thanks, all clear.' });
    await still();
    expect(own('C1', question.ts)).toHaveLength(2);
    bo.says({
      channel: 'C1',
      thread_ts: question.ts,
      text: `<@${workspace.bot.user}> one more thing?`,
    });
    await answer('C1', question.ts, 2);
  }));

test('a resolved thread can be opened again by the same button', () =>
  play({ says: () => 'Yes.' }, async ({ ada, answer, slack, own }) => {
    const question = ada.mentions({ channel: 'C1', text: bread });
    const said = await answer('C1', question.ts);
    await ada.presses(said, 'twin_resolve');
    await slack.until(() => own('C1', question.ts).length === 2);
    await ada.presses(said, 'twin_resolve');
    await slack.until(() => own('C1', question.ts).length === 3);
    ada.says({ channel: 'C1', thread_ts: question.ts, text: 'And then?' });
    await answer('C1', question.ts, 2);
  }));

test('/twin ask is answered to the asker alone, also where the bot is no member', () =>
  play(
    { slack: { teams: [{ id: 'T1', channels: [{ id: 'C1' }, { id: 'C2', bot: false }] }] } },
    async ({ ada, slack, workspace }) => {
      for (const channel of ['C1', 'C2']) {
        await ada.runs('/twin', `ask ${bread}`, { channel });
        const said = await slack.until(() =>
          ada.ephemerals(channel).find((each) => buttonsOf(each).includes('Regenerate')),
        );
        expect(visibleText(said)).toContain('forty minutes. [(1)](https://mara.example/bread)');
        expect(ada.ephemerals(channel)[0]?.text).toBe(`> ${bread}`);
        expect(workspace.botMessages(channel)).toEqual([]);
      }
    },
  ));

test('an answer to the asker alone can be judged and written anew in its place', () =>
  play({ says: (_request, nth) => `Answer ${nth}.` }, async ({ ada, slack, twin }) => {
    await ada.runs('/twin', `ask ${bread}`, { channel: 'C1' });
    const said = await slack.until(() =>
      ada.ephemerals('C1').find((each) => buttonsOf(each).includes('Regenerate')),
    );
    await ada.presses(said, 'twin_again');
    await slack.until(() =>
      ada.ephemerals('C1').some((each) => visibleText(each).includes('Answer 1.')),
    );
    const texts = ada.ephemerals('C1').map(visibleText);
    expect(texts.filter((text) => text.includes('Answer'))).toHaveLength(1);
    const anew = ada.ephemerals('C1').find((each) => visibleText(each).includes('Answer 1.'))!;
    await ada.rates(anew, 'positive');
    await slack.until(() => ada.ephemerals('C1').some(({ text }) => text.includes('Thank you')));
    expect(await twin.recentFeedback(5)).toHaveLength(1);
  }));

for (const [typed, expected] of [
  ['help', 'How to use me'],
  ['', 'How to use me'],
  ['sources', 'What I answer from'],
  ['style', 'How Jo Park'],
  ['sorces', 'Did you mean “/twin sources”?'],
  ['ask', 'The question is empty'],
  ['dance <!channel> with me', 'I do not know'],
] as const) {
  test(`/twin ${typed} says “${expected}” to the asker alone`, () =>
    play(
      typed === 'style'
        ? {
            writings: Array.from({ length: 30 }, (_, n) => ({
              title: `Night train ${n}`,
              author: 'Jo Park',
              content:
                `The night train number ${n} leaves at eleven; I book the upper bunk, and I sleep until the border. `.repeat(
                  6,
                ),
            })),
          }
        : {},
      async ({ ada, slack, workspace }) => {
        await ada.runs('/twin', typed, { channel: 'C1' });
        const line = await slack.until(() => ada.ephemerals('C1').at(-1));
        expect(visibleText(line)).toContain(expected);
        expect(workspace.botMessages('C1')).toEqual([]);
      },
    ));
}

test('/twin summary sums up what was said in the channel, and in a linked thread', () =>
  play({}, async ({ ada, bo, slack, workspace }) => {
    const root = ada.says({ channel: 'C1', text: 'The oven broke this morning at the bakery.' });
    bo.says({ channel: 'C1', thread_ts: root.ts, text: 'The repair of the oven costs 300 euros.' });
    await ada.runs('/twin', 'summary', { channel: 'C1' });
    const first = await slack.until(() =>
      ada.ephemerals('C1').find((each) => visibleText(each).includes('oven')),
    );
    expect(visibleText(first)).toContain('This thread in short');
    expect(visibleText(first)).toContain('oven broke');
    expect(buttonsOf(first)).toEqual([]);
    const link = `https://${workspace.domain}.slack.com/archives/C1/p${root.ts.replace('.', '')}`;
    await ada.runs('/twin', `summary ${link}`, { channel: 'C1' });
    await slack.until(() =>
      ada.ephemerals('C1').find((each) => visibleText(each).includes('300 euros')),
    );
    await ada.runs('/twin', `summary ${link.replace('C1', 'C9')}`, { channel: 'C1' });
    await slack.until(() =>
      ada.ephemerals('C1').find(({ text }) => text.includes('only summarise a thread from within')),
    );
  }));

test('the shortcut on a message sums up its thread for the one who asked', () =>
  play({}, async ({ ada, bo, slack }) => {
    const root = ada.says({ channel: 'C1', text: 'The oven broke this morning at the bakery.' });
    bo.says({ channel: 'C1', thread_ts: root.ts, text: 'The repair of the oven costs 300 euros.' });
    await ada.shortcuts('twin_summarise', root);
    await slack.until(() =>
      ada.ephemerals('C1').find((each) => visibleText(each).includes('300 euros')),
    );
    expect(bo.ephemerals('C1')).toEqual([]);
  }));

test('the shortcut “Ask the twin about this” asks in a form and answers under the message', () =>
  play({}, async ({ ada, bo, slack, answer }) => {
    const talk = bo.says({ channel: 'C1', text: 'How long does sourdough bake?' });
    await ada.shortcuts('twin_ask_about', talk);
    const form = await slack.until(() => ada.modal());
    expect(JSON.stringify(form.blocks)).toContain('How long does sourdough bake?');
    await ada.submits({ question: bread });
    const said = await answer('C1', talk.ts);
    expect(visibleText(said)).toContain('forty minutes');
    bo.says({ channel: 'C1', thread_ts: talk.ts, text: 'And at how many degrees?' });
    await answer('C1', talk.ts, 2);
  }));

test('the settings of a channel are chosen in a form', () =>
  play({ says: () => 'Yes.' }, async ({ ada, bo, slack, twin, own, answer, still }) => {
    await ada.runs('/twin', 'settings', { channel: 'C1' });
    await slack.until(() => ada.modal());
    await ada.submits({
      where: 'channel',
      when: 'mentions',
      bots: 'answer',
      turns: '5',
    });
    await slack.until(() => ada.ephemerals('C1').some(({ text }) => text.includes('are saved')));
    expect(await twin.conversation.settings(place)).toEqual({
      answerIn: 'channel',
      followUps: false,
      sources: null,
      quiet: false,
      bots: 'answer',
      botTurns: 5,
    });
    ada.mentions({ channel: 'C1', text: bread });
    const said = await answer('C1');
    expect(said.thread_ts).toBeUndefined();
    bo.says({ channel: 'C1', thread_ts: said.ts, text: 'And then?' });
    await still();
    expect(own('C1', said.ts)).toEqual([]);
  }));

test('a channel may be narrowed to some sources, and is widened by choosing none', () =>
  play({}, async ({ ada, slack, twin }) => {
    const open = async () => {
      await ada.runs('/twin', 'settings', { channel: 'C1' });
      return slack.until(() => ada.modal());
    };
    const form = await open();
    const select = form.blocks.find(({ block_id }) => block_id === 'sources') as
      | { element: { options: { text: { text: string }; value: string }[] } }
      | undefined;
    const [option] = select!.element.options;
    expect(option!.text.text).toBe('writing');
    await ada.submits({ sources: [option!.value] });
    await slack.until(() => ada.ephemerals('C1').length === 1);
    expect((await twin.conversation.settings(place)).sources).toEqual(['writing']);
    await open();
    await ada.submits({ sources: [] });
    await slack.until(() => ada.ephemerals('C1').length === 2);
    expect((await twin.conversation.settings(place)).sources).toBeNull();
  }));

test('a channel that is switched off hears nothing but commands', () =>
  play({ says: () => 'Yes.' }, async ({ ada, twin, own, answer, slack, still }) => {
    const question = ada.mentions({ channel: 'C1', text: bread });
    await answer('C1', question.ts);
    const settings = await twin.conversation.settings(place);
    await twin.conversation.changeSettings(place, { ...settings, quiet: true });
    ada.says({ channel: 'C1', thread_ts: question.ts, text: 'And then?' });
    await still();
    ada.mentions({ channel: 'C1', text: bread });
    await slack.until(() => ada.ephemerals('C1').length > 0);
    await still();
    const lines = ada.ephemerals('C1').map(({ text }) => text);
    expect(lines).toEqual(['I am switched off in this channel.']);
    await ada.runs('/twin', 'help', { channel: 'C1' });
    await slack.until(() => ada.ephemerals('C1').length === 2);
    expect(own('C1', question.ts)).toHaveLength(1);
    expect(own('C1')).toEqual([]);
  }));

test('the home tab says what it knows, how fresh that is and how to ask', () =>
  play(
    {
      slack: {
        teams: [{ id: 'T1', users: [{ id: 'U1', isAdmin: true }, { id: 'U2' }] }],
      },
    },
    async ({ ada, bo, slack, workspace, answerTo }) => {
      const said = await answerTo(ada.mentions({ channel: 'C1', text: bread }));
      await ada.rates(said, 'positive');
      await slack.until(() => ada.ephemerals('C1').length > 0);
      ada.opensHome();
      bo.opensHome();
      bo.opensHome('messages');
      const seen = JSON.stringify((await slack.until(() => workspace.home('U1'))).blocks);
      for (const words of ['2 documents', 'Mara Lindqvist', 'How to ask', 'writing', bread]) {
        expect(seen).toContain(words.replaceAll('"', '\\"'));
      }
      const other = JSON.stringify((await slack.until(() => workspace.home('U2'))).blocks);
      expect(other).toContain(':thumbsup: 1');
      expect(other).not.toContain(bread);
    },
  ));

test('from the home tab the settings of a channel can be opened', () =>
  play({}, async ({ ada, slack, workspace }) => {
    ada.opensHome();
    const home = await slack.until(() => workspace.home('U1'));
    await ada.chooses(home, 'twin_home_channel', 'C1');
    expect((await slack.until(() => ada.modal())).private_metadata).toContain('C1');
  }));

test('the assistant pane greets, suggests, answers, says what it does and names the thread', () => {
  const slow = inParts('Forty ', 'minutes.');
  return play({ says: slow.model, timings: { statusAfterMs: 0 } }, async (scene) => {
    const { ada, slack, workspace, own, answer } = scene;
    const thread = ada.opensAssistant({ channel: 'C1' });
    const prompts = await slack.until(() => workspace.prompts().at(-1));
    expect(prompts.prompts.length).toBeGreaterThan(0);
    const [greeting] = own(thread.channel, thread.thread_ts);
    expect(visibleText(greeting!)).toMatch(
      /Hello! I answer questions from the writing of .*Mara Lindqvist/u,
    );
    ada.dms(bread, thread.thread_ts);
    await slack.until(() => workspace.status(thread.channel, thread.thread_ts) !== '');
    slow.finish();
    const said = await answer(thread.channel, thread.thread_ts);
    expect(visibleText(said)).toBe('Forty minutes.');
    await slack.until(() => workspace.titles().length === 1);
    expect(workspace.titles()[0]?.title).toBe(bread);
    ada.looksAt(thread, { channel: 'C1' });
    await slack.until(() => workspace.prompts().length === 2);
    ada.dms('And then?', thread.thread_ts);
    await answer(thread.channel, thread.thread_ts, 2);
    expect(workspace.titles()).toHaveLength(1);
    expect(own(thread.channel, thread.thread_ts)).toHaveLength(3);
  });
});
