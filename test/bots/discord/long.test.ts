import { describe, expect } from 'vitest';
import { control, has, type Model, type Scene, scenario, stepwise } from './scene.ts';

const paragraphs = Array.from(
  { length: 60 },
  (_, index) => `Paragraph ${index + 1} ${'of bread '.repeat(18)}ends.`,
);
const long: Model = () => paragraphs.join('\n\n');

/** How often each paragraph can be read. */
function counted(scene: Scene, where: Parameters<Scene['own']>[0]) {
  const text = scene
    .own(where)
    .map((message) => message.text)
    .join('\n');
  return paragraphs.map((_, index) => text.split(`Paragraph ${index + 1} `).length - 1);
}
const once = paragraphs.map(() => 1);

describe('an answer too long for one message', () => {
  scenario(
    'is several, whole and in order, the buttons under the last',
    { says: long },
    async (scene) => {
      const thread = await scene.thread(scene.mention('tell me all about bread?'));
      const last = await scene.finished(thread, 2);
      const own = scene.own(thread);
      expect(own.length).toBeGreaterThan(2);
      expect(own.filter((message) => has(message, 'up'))).toEqual([last]);
      expect(counted(scene, thread)).toEqual(once);
    },
  );

  scenario('to a command goes on below it', { says: long }, async (scene) => {
    scene.ada.runs({
      channel: scene.channel,
      command: 'ask',
      options: { question: 'all about bread?' },
    });
    await scene.finished(scene.channel, 2);
    expect(counted(scene, scene.channel)).toEqual(once);
  });

  scenario('in private stays private', { says: long }, async (scene) => {
    const options = { question: 'all about bread?', private: true };
    scene.ada.runs({ channel: scene.channel, command: 'ask', options });
    await scene.discord.until(() =>
      scene.discord.ephemerals(scene.ada).some((one) => has(one, 'up')),
    );
    const text = scene.discord
      .ephemerals(scene.ada)
      .map((message) => message.text)
      .join('\n');
    expect(paragraphs.map((_, index) => text.split(`Paragraph ${index + 1} `).length - 1)).toEqual(
      once,
    );
    expect(scene.own(scene.channel)).toEqual([]);
  });

  scenario(
    'where the bot is not goes on by the command’s own token',
    { says: long },
    async (scene) => {
      const elsewhere = scene.discord.guild('Elsewhere', { bot: false });
      const channel = elsewhere.channel('lobby');
      const cleo = elsewhere.member('Cleo', { installed: true });
      cleo.runs({ channel, command: 'ask', options: { question: 'all about bread?' } });
      await scene.finished(channel, 2);
      expect(counted(scene, channel)).toEqual(once);
    },
  );

  scenario(
    'made shorter leaves nothing of the longer one behind',
    { says: (request, nth) => (nth === 0 ? long(request, nth) : 'Short.') },
    async (scene) => {
      const thread = await scene.thread(scene.mention('tell me all about bread?'));
      const last = await scene.finished(thread, 2);
      scene.ada.presses(last, control('shorter'));
      await scene.saying(thread, /Short\./u);
      await scene.discord.until(() => scene.own(thread).length === 1);
      expect(scene.own(thread)[0]?.text).not.toContain('Paragraph');
    },
  );

  const growing = stepwise(...paragraphs.map((paragraph) => `${paragraph}\n\n`));
  scenario(
    'that grows shows each part once at any moment of rest',
    { says: growing.model },
    async (scene) => {
      const question = scene.mention('tell me all about bread?');
      for (const index of [0, 20, 40]) {
        for (let step = 0; step <= index; step += 1) growing.say(step);
        const thread = await scene.thread(question);
        await scene.saying(thread, new RegExp(`Paragraph ${index + 1} `, 'u'));
      }
      growing.finish();
      const thread = await scene.thread(question);
      await scene.finished(thread, 2);
      expect(counted(scene, thread)).toEqual(once);
    },
  );

  scenario(
    'with code keeps each part a block of its own',
    {
      says: () =>
        `Look:\n\n\`\`\`ts\n${'const bread = bake(230);\n'.repeat(400)}\`\`\`\n\nThat is all.`,
    },
    async (scene) => {
      const thread = await scene.thread(scene.mention('show me your code?'));
      await scene.finished(thread, 2);
      for (const { text } of scene.own(thread))
        expect((text.match(/```/gu) ?? []).length % 2).toBe(0);
      const all = scene
        .own(thread)
        .map(({ text }) => text)
        .join('\n');
      expect(all.split('const bread = bake(230);')).toHaveLength(401);
    },
  );
});
