import { describe, expect } from 'vitest';
import { has, type Model, scenario } from './scene.ts';

const echo: Model = ({ question, passages }) =>
  `You asked: ${question}, and I read ${passages.map(({ title }) => title).join(' and ') || 'nothing'}.`;

const ask = (question: string, options: Readonly<Record<string, string | boolean>> = {}) => ({
  command: 'ask',
  options: { question, ...options },
});

describe('/ask', () => {
  scenario('says at once that it thinks, then answers under the question', {}, async (scene) => {
    const asked = scene.ada.runs({
      channel: scene.channel,
      ...ask('how hot do you bake sourdough bread?'),
    });
    expect(await asked.acknowledged).toEqual({ kind: 'deferred', ephemeral: false });
    const answer = await scene.finished(scene.channel);
    expect(answer.id).toBe(asked.original()?.id);
    expect(answer.text).toMatch(/^> how hot do you bake sourdough bread\?\n.*230 degrees/u);
    expect(has(answer, 'resolve')).toBe(false);
  });

  scenario('in private is seen by the asker alone', {}, async (scene) => {
    const asked = scene.ada.runs({
      channel: scene.channel,
      ...ask('how hot do you bake sourdough bread?', { private: true }),
    });
    expect(await asked.acknowledged).toEqual({ kind: 'deferred', ephemeral: true });
    const answer = await scene.whispered(/230 degrees/u);
    expect(answer.ephemeralFor).toBe(scene.ada.id);
    expect(
      scene.own(scene.channel).filter(({ ephemeralFor }) => ephemeralFor === undefined),
    ).toEqual([]);
  });

  scenario(
    'in private leaves nothing behind for others in the thread',
    {
      says: ({ history }) => `History: ${history.length}.`,
    },
    async (scene) => {
      const thread = scene.ada.opensThread({ channel: scene.channel, name: 'Baking' });
      scene.ada.runs({ channel: thread, ...ask('what is my secret?', { private: true }) });
      await scene.whispered(/History: 0/u);
      scene.ada.runs({ channel: thread, ...ask('and again, in private?', { private: true }) });
      await scene.whispered(/History: 2/u);
      scene.ada.runs({ channel: thread, ...ask('what was said here?') });
      await scene.saying(thread, /History: 0/u);
    },
  );

  scenario('keeps to an author, a source and a date', { says: echo }, async (scene) => {
    scene.ada.runs({
      channel: scene.channel,
      ...ask('what about trains or bread?', {
        author: 'Jo Park',
        source: 'writing',
        since: '2021',
      }),
    });
    const answer = await scene.finished(scene.channel);
    expect(answer.text).toContain('I read Trains at night.');
  });

  scenario('finds nothing where the date leaves nothing', { says: echo }, async (scene) => {
    scene.ada.runs({
      channel: scene.channel,
      ...ask('what about trains?', { since: '2023-01-01', author: 'jo-park' }),
    });
    await scene.saying(scene.channel, /I read nothing|found no/u);
  });

  for (const [option, value, words] of [
    ['author', 'Nobody', /I know no author called “Nobody”/u],
    ['source', 'elsewhere', /You cannot ask about the source elsewhere/u],
    ['since', 'last Tuesday', /I do not read “last Tuesday” as a date/u],
    ['since', '2024-02-31', /I do not read “2024-02-31” as a date/u],
  ] as const) {
    scenario(`with a wrong ${option} (${value}) says so to the asker alone`, {}, async (scene) => {
      scene.ada.runs({ channel: scene.channel, ...ask('what about bread?', { [option]: value }) });
      await scene.whispered(words);
      expect(
        scene.discord.messages(scene.channel).filter(({ ephemeralFor }) => !ephemeralFor),
      ).toEqual([]);
    });
  }

  scenario(
    'speaks the language of the person',
    { conversing: { limits: { length: 10 } } },
    async (scene) => {
      const yui = scene.guild.member('Yui', { locale: 'ja' });
      yui.runs({ channel: scene.channel, ...ask('パンはどう焼きますか、教えてください') });
      await scene.discord.until(() =>
        scene.discord.ephemerals(yui).some(({ text }) => /長すぎ|10/u.test(text)),
      );
    },
  );

  scenario(
    'works where the bot is not, for those who brought it along',
    { says: echo },
    async (scene) => {
      const elsewhere = scene.discord.guild('Elsewhere', { bot: false });
      const channel = elsewhere.channel('lobby');
      const cleo = elsewhere.member('Cleo', { installed: true });
      cleo.runs({ channel, ...ask('what about bread?') });
      expect((await scene.finished(channel)).text).toContain('You asked: what about bread?');
      const group = scene.discord.group(cleo, scene.ada);
      cleo.runs({ channel: group, ...ask('and trains?') });
      expect((await scene.finished(group)).text).toContain('You asked: and trains?');
    },
  );

  scenario('offers the authors, sources and dates that there are', {}, async (scene) => {
    const { ada, channel } = scene;
    const offered = (option: string, typed: string) =>
      ada.completes({ channel, command: 'ask', option, typed, options: { question: 'x' } });
    expect(await offered('author', 'park')).toEqual([{ name: 'Jo Park', value: 'jo-park' }]);
    expect(await offered('source', '')).toEqual([{ name: 'writing', value: 'writing' }]);
    const since = await offered('since', '20');
    expect(since.map(({ value }) => value)).toEqual(expect.arrayContaining(['2024', '2021']));
  });

  scenario(
    'offers nothing that the person may not see',
    {
      conversing: { rules: [{ allow: true, authors: ['mara-lindqvist'] }] },
    },
    async (scene) => {
      const { ada, channel } = scene;
      const names = await ada.completes({
        channel,
        command: 'ask',
        option: 'author',
        typed: '',
        options: { question: 'x' },
      });
      expect(names).toEqual([{ name: 'Mara Lindqvist', value: 'mara-lindqvist' }]);
      ada.runs({ channel, ...ask('trains?', { author: 'Jo Park' }) });
      await scene.whispered(/I know no author called “Jo Park”/u);
    },
  );
});

describe('the other commands', () => {
  scenario('/sources counts what there is', {}, async (scene) => {
    scene.ada.runs({ channel: scene.channel, command: 'sources' });
    const page = await scene.whispered(/What I answer from/u);
    expect(page.text).toContain('writing: 2 documents');
    expect(page.text).toContain('Mara Lindqvist: 1 document');
  });

  scenario(
    '/sources shows to each only what they may see',
    {
      conversing: { rules: [{ allow: true, authors: ['jo-park'] }] },
    },
    async (scene) => {
      scene.ada.runs({ channel: scene.channel, command: 'sources' });
      const page = await scene.whispered(/What I answer from/u);
      expect(page.text).not.toContain('Mara');
    },
  );

  scenario(
    '/style says how the author writes, or that there is too little to say',
    {},
    async (scene) => {
      scene.ada.runs({ channel: scene.channel, command: 'style' });
      await scene.whispered(/writes|not enough writing/u);
    },
  );

  scenario('/help shows how to ask', {}, async (scene) => {
    scene.ada.runs({ channel: scene.channel, command: 'help' });
    const page = await scene.whispered(/How to use me/u);
    expect(page.text).toContain('/ask');
  });

  scenario(
    '“Ask the twin about this” answers a message, for the asker alone',
    { says: echo },
    async (scene) => {
      const bob = scene.guild.member('Bob');
      const message = bob.says({ channel: scene.channel, content: 'is bread good for you?' });
      scene.ada.usesMessageCommand({ command: 'Ask the twin about this', message });
      const answer = await scene.whispered(/You asked: is bread good for you\?/u);
      expect(answer.text).toContain('> is bread good for you?');
    },
  );

  scenario('/summary sums up the thread it is used in', {}, async (scene) => {
    const bob = scene.guild.member('Bob');
    const thread = bob.opensThread({ channel: scene.channel, name: 'Plans' });
    for (const content of [
      'We should open the bakery on Monday because the ovens arrive on Sunday.',
      'The ovens need two days until they are hot enough for bread.',
      'Then let us open the bakery on Wednesday and bake on Tuesday.',
    ])
      bob.says({ channel: thread, content });
    scene.ada.runs({ channel: thread, command: 'summary' });
    const answer = await scene.finished(thread);
    expect(answer.text).toMatch(/bakery|ovens/u);
  });

  scenario('/summary outside a thread says where it belongs', {}, async (scene) => {
    scene.ada.runs({ channel: scene.channel, command: 'summary' });
    await scene.whispered(/summarise a thread from within it/u);
  });

  scenario(
    '/summary without the intent says what it cannot read',
    {
      discord: { privileged: { messageContent: false } },
      config: { messageContent: false },
    },
    async (scene) => {
      const thread = scene.ada.opensThread({ channel: scene.channel, name: 'Plans' });
      scene.ada.runs({ channel: thread, command: 'summary' });
      await scene.whispered(/cannot sum up the others/u);
    },
  );
});
