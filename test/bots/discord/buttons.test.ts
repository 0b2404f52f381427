import { describe, expect } from 'vitest';
import { control, has, type Model, type Scene, scenario, stepwise } from './scene.ts';

/** Says how often it was asked, so that one answer can be told from the next. */
const counting: Model = ({ length }, nth) => `Answer ${nth + 1}${length ? `, ${length}` : ''}.`;

async function answered(scene: Scene) {
  const question = scene.mention('what about bread?');
  const thread = await scene.thread(question);
  return { thread, answer: await scene.finished(thread) };
}

const feedback = async ({ twin, discord }: Scene) => {
  await discord.until(() => discord.ephemerals(discord.person('Ada')).at(-1)?.text);
  return twin.traces.recentFeedback(5);
};

describe('feedback', () => {
  scenario('a thumb up is thanked for in private', { says: counting }, async (scene) => {
    const { answer } = await answered(scene);
    scene.ada.presses(answer, control('up'));
    await scene.whispered(/Thank you, good to know/u);
    expect(await feedback(scene)).toMatchObject([{ value: 'up', reason: null }]);
  });

  scenario('a thumb down asks why, and keeps the reason', { says: counting }, async (scene) => {
    const { answer } = await answered(scene);
    const pressed = await scene.ada.presses(answer, control('down')).acknowledged;
    if (pressed.kind !== 'modal') throw new Error(`a form was expected, not ${pressed.kind}`);
    expect(pressed.modal.title).toBe('What was wrong?');
    scene.ada.submits(pressed.modal, { reason: ['voice'], comment: 'Too stiff.' });
    await scene.whispered(/Thank you\. This helps/u);
    expect(await feedback(scene)).toMatchObject([{ value: 'down', reason: 'voice: Too stiff.' }]);
  });

  scenario(
    'whoever closes the form has said “not good” all the same',
    { says: counting },
    async (scene) => {
      const { answer } = await answered(scene);
      await scene.ada.presses(answer, control('down')).acknowledged;
      await waitFor(async () => (await scene.twin.traces.recentFeedback(5)).length === 1);
      expect(await scene.twin.traces.recentFeedback(5)).toMatchObject([
        { value: 'down', reason: null },
      ]);
    },
  );

  scenario(
    '/feedback is about the last answer that the person got here',
    { says: counting },
    async (scene) => {
      scene.ada.runs({ channel: scene.channel, command: 'ask', options: { question: 'bread?' } });
      await scene.finished(scene.channel);
      const shown = await scene.ada.runs({ channel: scene.channel, command: 'feedback' })
        .acknowledged;
      if (shown.kind !== 'modal') throw new Error(`a form was expected, not ${shown.kind}`);
      scene.ada.submits(shown.modal, { rating: ['up'], comment: 'Nice.' });
      await scene.whispered(/Thank you, good to know/u);
      expect(await feedback(scene)).toMatchObject([{ value: 'up', reason: 'Nice.' }]);
    },
  );

  scenario('/feedback finds the answer after a restart too', { says: counting }, async (scene) => {
    scene.ada.runs({ channel: scene.channel, command: 'ask', options: { question: 'bread?' } });
    await scene.finished(scene.channel);
    await scene.replaceBot();
    const shown = await scene.ada.runs({ channel: scene.channel, command: 'feedback' })
      .acknowledged;
    if (shown.kind !== 'modal') throw new Error(`a form was expected, not ${shown.kind}`);
    scene.ada.submits(shown.modal, { rating: ['down'], reason: ['wrong'] });
    await scene.whispered(/Thank you\. This helps/u);
    expect(await feedback(scene)).toMatchObject([{ value: 'down', reason: 'wrong' }]);
  });

  scenario('/feedback without an answer says so', {}, async (scene) => {
    const shown = await scene.ada.runs({ channel: scene.channel, command: 'feedback' })
      .acknowledged;
    if (shown.kind !== 'modal') throw new Error(`a form was expected, not ${shown.kind}`);
    scene.ada.submits(shown.modal, { rating: ['up'] });
    await scene.whispered(/I do not know which answer you mean/u);
  });
});

describe('another answer', () => {
  for (const [action, words] of [
    ['shorter', 'Answer 2, short.'],
    ['longer', 'Answer 2, long.'],
    ['again', 'Answer 2.'],
  ] as const) {
    scenario(`“${action}” replaces the one that stands`, { says: counting }, async (scene) => {
      const { thread, answer } = await answered(scene);
      scene.ada.presses(answer, control(action));
      const second = await scene.saying(thread, new RegExp(words, 'u'));
      expect(second.id).toBe(answer.id);
      expect(scene.own(thread)).toHaveLength(1);
      expect(second.text).not.toContain('Answer 1');
    });
  }

  scenario('in private stays private, question and all', { says: counting }, async (scene) => {
    const options = { question: 'what about bread?', private: true };
    scene.ada.runs({ channel: scene.channel, command: 'ask', options });
    const first = await scene.whispered(/Answer 1/u);
    await scene.discord.until(() =>
      scene.discord.ephemerals(scene.ada).some((one) => has(one, 'again')),
    );
    scene.ada.presses(first, control('again'));
    const second = await scene.whispered(/Answer 2/u);
    expect(second.id).toBe(first.id);
    expect(second.text).toMatch(/^> what about bread\?/u);
    expect(second.ephemeralFor).toBe(scene.ada.id);
  });

  scenario('can be asked for again and again', { says: counting }, async (scene) => {
    const { thread, answer } = await answered(scene);
    scene.ada.presses(answer, control('shorter'));
    await scene.saying(thread, /Answer 2, short/u);
    await scene.finished(thread);
    const [standing] = scene.own(thread);
    scene.ada.presses(standing ?? answer, control('longer'));
    await scene.saying(thread, /Answer 3, long/u);
    expect(scene.own(thread)).toHaveLength(1);
  });

  scenario(
    'after an answer nobody knows any more is refused in private',
    { says: counting },
    async (scene) => {
      const { answer } = await answered(scene);
      const stranger = await import('../twin.ts').then(({ openTestTwin }) => openTestTwin([]));
      await scene.replaceBot({}, stranger);
      scene.ada.presses(answer, control('again'));
      await scene.whispered(/That button no longer works/u);
      await scene.replaceBot();
      await stranger.close();
    },
  );
});

describe('stop', () => {
  const twice = stepwise('The first half. ', 'The second half.');
  scenario(
    'ends the answer where it is, with a way to have it again',
    { says: twice.model },
    async (scene) => {
      const thread = await scene.thread(await begun(scene, twice));
      const half = await scene.saying(thread, /The first half/u);
      scene.ada.presses(half, control('stop'));
      const stopped = await scene.saying(thread, /Stopped by you/u);
      expect(stopped.text).toContain('The first half.');
      expect(stopped.text).not.toContain('second half');
      expect(has(stopped, 'again')).toBe(true);
      twice.finish();
    },
  );

  const guarded = stepwise('The first half. ', 'The second half.');
  scenario('is for the asker alone', { says: guarded.model }, async (scene) => {
    const bob = scene.guild.member('Bob');
    const thread = await scene.thread(await begun(scene, guarded));
    bob.presses(await scene.saying(thread, /The first half/u), control('stop'));
    await scene.discord.until(() =>
      scene.discord.ephemerals(bob).some(({ text }) => /Only the person who asked/u.test(text)),
    );
    guarded.finish();
    expect((await scene.finished(thread)).text).toContain('The second half.');
  });
});

describe('settings', () => {
  scenario('are for those who manage the channel', {}, async (scene) => {
    scene.ada.runs({ channel: scene.channel, command: 'settings' });
    await scene.whispered(/Only admins can change these settings/u);
  });

  scenario('can be seen and changed at once, and hold', { says: counting }, async (scene) => {
    const { discord, guild, channel } = scene;
    const { owner } = guild;
    owner.runs({ channel, command: 'settings' });
    const panel = await discord.until(() =>
      discord.ephemerals(owner).find(({ text }) => text.includes('Where to answer')),
    );
    owner.selects(panel, 'twin:set:where', ['channel']);
    await waitFor(async () => (await settingsOf(scene)).answerIn === 'channel');
    owner.selects(panel, 'twin:set:bots', ['5']);
    await waitFor(async () => (await settingsOf(scene)).botTurns === 5);
    scene.mention('what about bread?');
    await scene.finished(channel);
  });
});

async function begun(scene: Scene, { say }: ReturnType<typeof stepwise>) {
  const question = scene.mention('what about bread?');
  say(0);
  return question;
}

const settingsOf = ({ twin, guild, channel }: Scene) =>
  twin.conversation.settings({
    platform: 'discord',
    workspace: guild.id,
    channel: channel.id,
    kind: 'channel',
  });

async function waitFor(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
}
