import { describe, expect } from 'vitest';
import { control, type Model, type Scene, scenario, stepwise } from './scene.ts';

const echo: Model = ({ question }) => `You asked: ${question}`;
const quarterMs = 15 * 60_000 + 1;

async function halfway(scene: Scene, steps: ReturnType<typeof stepwise>, isPrivate = false) {
  const options = { question: 'how hot is the oven?', private: isPrivate };
  scene.ada.runs({ channel: scene.channel, command: 'ask', options });
  steps.say(0);
  return isPrivate
    ? scene.whispered(/The first half/u)
    : scene.saying(scene.channel, /The first half/u);
}

const halves = () => stepwise('The first half. ', 'The second half.');

describe('a quarter of an hour', () => {
  const slow = halves();
  scenario(
    'over, the answer goes on in its message, by the bot’s own token',
    { says: slow.model },
    async (scene) => {
      const half = await halfway(scene, slow);
      scene.discord.clock.advance(quarterMs);
      slow.finish();
      const answer = await scene.finished(scene.channel);
      expect(answer.id).toBe(half.id);
      expect(answer.text).toContain('The first half. The second half.');
      expect(scene.own(scene.channel)).toHaveLength(1);
    },
  );

  const unseen = halves();
  scenario(
    'over before anything was shown, the answer still replaces “thinking”',
    { says: unseen.model },
    async (scene) => {
      const options = { question: 'how hot is the oven?' };
      const asked = scene.ada.runs({ channel: scene.channel, command: 'ask', options });
      await asked.acknowledged;
      await scene.discord.until(() => scene.requests.length === 1);
      scene.discord.clock.advance(quarterMs);
      unseen.finish();
      expect((await scene.finished(scene.channel)).id).toBe(asked.original()?.id);
      expect(scene.own(scene.channel)).toHaveLength(1);
    },
  );

  const secret = halves();
  scenario(
    'over, a private answer cannot go on, and the asker is told',
    { says: secret.model },
    async (scene) => {
      await halfway(scene, secret, true);
      scene.discord.clock.advance(quarterMs);
      secret.finish();
      const note = await scene.saying(scene.ada.dm(), /could not be finished/u);
      expect(note.text).toContain(scene.channel.mention);
      expect(scene.own(scene.channel)).toEqual([]);
    },
  );

  const abroad = halves();
  scenario(
    'over where the bot is not, the asker is told too',
    { says: abroad.model },
    async (scene) => {
      const elsewhere = scene.discord.guild('Elsewhere', { bot: false });
      const channel = elsewhere.channel('lobby');
      const cleo = elsewhere.member('Cleo', { installed: true });
      cleo.runs({ channel, command: 'ask', options: { question: 'how hot is the oven?' } });
      abroad.say(0);
      await scene.saying(channel, /The first half/u);
      scene.discord.clock.advance(quarterMs);
      abroad.finish();
      await scene.discord.until(() =>
        JSON.stringify(scene.twin.complaints).includes('later than Discord'),
      );
      expect(
        scene
          .own(channel)
          .map(({ text }) => text)
          .join(''),
      ).not.toContain('second');
    },
  );

  const doubted = halves();
  scenario(
    'not over, but the token doubted for once: nothing is doubled',
    { says: doubted.model },
    async (scene) => {
      const half = await halfway(scene, doubted);
      scene.discord.faults.next('update_original_webhook_message', { kind: 'not-found' });
      doubted.finish();
      const answer = await scene.finished(scene.channel);
      expect(answer.id).toBe(half.id);
      expect(scene.own(scene.channel)).toHaveLength(1);
    },
  );

  scenario(
    'over since an answer, a better one is written with the new press',
    { says: (_request, nth) => `Answer ${nth + 1}.` },
    async (scene) => {
      const options = { question: 'how hot?', private: true };
      scene.ada.runs({ channel: scene.channel, command: 'ask', options });
      const first = await scene.whispered(/Answer 1/u);
      await scene.settled(first);
      scene.discord.clock.advance(quarterMs);
      scene.ada.presses(first, control('again'));
      expect((await scene.whispered(/Answer 2/u)).id).toBe(first.id);
    },
  );
});

describe('an old answer', () => {
  scenario(
    'that Discord lets nobody edit just now makes way for a new message',
    {
      discord: { oldEdits: { limit: 1, windowMs: 60_000 } },
      says: (_request, nth) => `Answer ${nth + 1}.`,
    },
    async (scene) => {
      const question = scene.mention('how hot?');
      const thread = await scene.thread(question);
      const first = await scene.finished(thread);
      scene.discord.clock.advance(2 * 3_600_000);
      scene.discord.faults.next('update_original_webhook_message', { kind: 'not-found' }, 9);
      scene.ada.presses(first, control('again'));
      const second = await scene.saying(thread, /Answer 2/u);
      await scene.settled(second);
      expect(second.id).toBe(first.id);
      scene.ada.presses(second, control('again'));
      const third = await scene.saying(thread, /Answer 3/u);
      expect(third.id).not.toBe(first.id);
      await scene.discord.until(() => scene.own(thread).length === 1);
    },
  );
});

describe('a twin that is broken inside', () => {
  scenario('says so, instead of thinking for ever', {}, async (scene) => {
    const { twin, ada, channel } = scene;
    const hear = () => Promise.reject(new Error('the disk is full'));
    await scene.replaceBot({}, { ...twin, conversation: { ...twin.conversation, hear } });
    ada.runs({ channel, command: 'ask', options: { question: 'how hot?' } });
    await scene.saying(channel, /Something went wrong on my side/u);
    await scene.discord.until(() => JSON.stringify(twin.complaints).includes('the disk is full'));
  });
});

describe('three seconds', () => {
  scenario(
    'over before the bot could say that it thinks: the answer stands in the channel',
    {
      discord: { interactionDeadlineMs: 60_000 },
      says: echo,
    },
    async (scene) => {
      scene.discord.faults.next('create_interaction_response', { kind: 'not-found', code: 10_062 });
      scene.ada.runs({ channel: scene.channel, command: 'ask', options: { question: 'how hot?' } });
      expect((await scene.finished(scene.channel)).text).toContain('You asked: how hot?');
      expect(scene.own(scene.channel)).toHaveLength(1);
    },
  );

  scenario('are enough for everything that people can use', { says: echo }, async (scene) => {
    const { ada, channel } = scene;
    const options = { question: 'how hot?' };
    ada.runs({ channel, command: 'ask', options });
    const answer = await scene.finished(channel);
    for (const command of ['sources', 'style', 'help', 'feedback', 'settings', 'summary']) {
      ada.runs({ channel, command });
    }
    for (const action of ['up', 'down', 'shorter'] as const) ada.presses(answer, control(action));
    await scene.discord.until(() => scene.discord.unanswered().length === 0);
    const slowest = Math.max(...scene.discord.asked().map((asked) => asked.tookMs() ?? 0));
    expect(slowest).toBeLessThan(60_000);
  });
});
