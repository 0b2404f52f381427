import { describe, expect } from 'vitest';
import { control, type Model, scenario, stepwise } from './scene.ts';

const echo: Model = ({ question }) => `You asked: ${question}`;

describe('what people do meanwhile', () => {
  const removed = stepwise('One. ', 'Two.');
  scenario(
    'a channel that is gone ends the answer, and the bot lives on',
    { says: (request, nth) => (nth === 0 ? removed.model(request, nth) : echo(request, nth)) },
    async (scene) => {
      const attic = scene.guild.channel('attic');
      const question = scene.mention('how hot is the oven?', attic);
      removed.say(0);
      await scene.saying(await scene.thread(question), /One/u);
      scene.guild.deleteChannel(attic);
      removed.finish();
      const thread = await scene.thread(scene.mention('are you still there?'));
      expect((await scene.finished(thread)).text).toContain('are you still there?');
    },
  );

  const kicked = stepwise('One. ', 'Two.');
  scenario(
    'a bot that is removed ends its answer, and answers when it is back',
    { says: (request, nth) => (nth === 0 ? kicked.model(request, nth) : echo(request, nth)) },
    async (scene) => {
      const question = scene.mention('how hot is the oven?');
      kicked.say(0);
      await scene.saying(await scene.thread(question), /One/u);
      scene.guild.kickBot();
      kicked.finish();
      await scene.discord.until(() =>
        JSON.stringify(scene.twin.complaints).includes('View Channel'),
      );
      scene.guild.inviteBot();
      const thread = await scene.thread(scene.mention('are you back?'));
      expect((await scene.finished(thread)).text).toContain('are you back?');
    },
  );

  const unwanted = stepwise('One. ', 'Two.');
  scenario(
    'an answer that somebody removes is not written again',
    { says: unwanted.model },
    async (scene) => {
      const question = scene.mention('how hot is the oven?');
      unwanted.say(0);
      const thread = await scene.thread(question);
      await scene.remove(await scene.saying(thread, /One/u));
      unwanted.finish();
      await scene.discord.until(() => JSON.stringify(scene.twin.complaints).includes('removed'));
      expect(scene.own(thread)).toEqual([]);
    },
  );

  const hesitant = stepwise('One. ', 'Two.');
  scenario(
    'who waits longer sees what is going on, and can stop it',
    {
      says: hesitant.model,
      config: { timing: { editEveryMs: 10, statusAfterMs: 1, retryMs: 2 } },
    },
    async (scene) => {
      const thread = await scene.thread(scene.mention('how hot is the oven?'));
      const status = await scene.saying(thread, /is writing an answer/u);
      scene.ada.presses(status, control('stop'));
      expect((await scene.saying(thread, /Stopped by you/u)).id).toBe(status.id);
      hesitant.finish();
    },
  );

  const locked = stepwise('One. ', 'Two.');
  scenario(
    'a thread that is closed for good ends the answer, and the asker is told',
    { says: locked.model },
    async (scene) => {
      const question = scene.mention('how hot is the oven?');
      locked.say(0);
      const thread = await scene.thread(question);
      await scene.saying(thread, /One/u);
      scene.guild.archive(thread, { locked: true });
      locked.finish();
      await scene.saying(scene.ada.dm(), /archived, so I cannot write/u);
    },
  );

  scenario(
    'an archived thread is opened again for a better answer',
    { says: (_request, nth) => `Answer ${nth + 1}.` },
    async (scene) => {
      const thread = await scene.thread(scene.mention('how hot is the oven?'));
      const answer = await scene.finished(thread);
      scene.guild.archive(thread);
      scene.ada.presses(answer, control('again'));
      await scene.saying(thread, /Answer 2/u);
      expect(scene.own(thread)).toHaveLength(1);
    },
  );

  scenario(
    'two questions in one thread are answered one after the other',
    { says: echo },
    async (scene) => {
      const thread = await scene.thread(scene.mention('how hot is the oven?'));
      await scene.finished(thread);
      const bob = scene.guild.member('Bob');
      scene.mention('first: how long does it bake?', thread);
      bob.says({
        channel: thread,
        content: `${scene.discord.bot.mention} second: how much flour?`,
      });
      await scene.finished(thread, 3);
      const [, first, second] = scene.own(thread).map(({ text }) => text);
      expect(first).toContain('first: how long');
      expect(second).toContain('second: how much');
    },
  );
});
