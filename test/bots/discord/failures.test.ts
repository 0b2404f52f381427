import { describe, expect } from 'vitest';
import { control, type Model, scenario, stepwise } from './scene.ts';

const echo: Model = ({ question }) => `You asked: ${question}`;
const created = ['create_message', 'execute_webhook'] as const;

describe('a connection that breaks', () => {
  for (const [what, operation] of [
    ['posting the answer', 'create_message'],
    ['opening the thread', 'create_thread_from_message'],
  ] as const) {
    for (const when of ['before', 'after'] as const) {
      scenario(`${when} ${what} took effect doubles nothing`, { says: echo }, async (scene) => {
        scene.discord.faults.next(operation, { kind: 'drop', when }, 2);
        const thread = await scene.thread(scene.mention('how hot is the oven?'));
        const answer = await scene.finished(thread);
        expect(answer.text).toContain('You asked: how hot is the oven?');
        expect(scene.own(thread)).toHaveLength(1);
        expect(scene.discord.faults.struck.length).toBeGreaterThan(0);
      });
    }
  }

  const edited = stepwise('One. ', 'Two. ', 'Three.');
  scenario('in mid-stream doubles nothing', { says: edited.model }, async (scene) => {
    scene.discord.faults.next('update_message', { kind: 'drop', when: 'after' }, 2);
    const question = scene.mention('how hot is the oven?');
    edited.say(0);
    const thread = await scene.thread(question);
    await scene.saying(thread, /One/u);
    edited.say(1);
    await scene.saying(thread, /Two/u);
    edited.finish();
    expect((await scene.finished(thread)).text).toMatch(/^One\. Two\. Three\./u);
    expect(scene.own(thread)).toHaveLength(1);
  });

  scenario(
    'after a command’s answer was written doubles nothing',
    { says: echo },
    async (scene) => {
      scene.discord.faults.next(
        'update_original_webhook_message',
        { kind: 'drop', when: 'after' },
        2,
      );
      scene.ada.runs({ channel: scene.channel, command: 'ask', options: { question: 'hot?' } });
      expect((await scene.finished(scene.channel)).text).toContain('You asked: hot?');
      expect(scene.own(scene.channel)).toHaveLength(1);
    },
  );

  scenario('as the bot says that it thinks doubles nothing', { says: echo }, async (scene) => {
    scene.discord.faults.next('create_interaction_response', { kind: 'drop', when: 'after' });
    scene.ada.runs({ channel: scene.channel, command: 'ask', options: { question: 'hot?' } });
    await scene.finished(scene.channel);
    expect(scene.own(scene.channel)).toHaveLength(1);
  });

  scenario('Discord out of order for a moment is waited for', { says: echo }, async (scene) => {
    scene.discord.faults.next('*', { kind: 'status', status: 503 }, 6);
    const thread = await scene.thread(scene.mention('how hot is the oven?'));
    await scene.finished(thread);
    expect(scene.own(thread)).toHaveLength(1);
  });

  scenario('a rate limit is waited for', { says: echo }, async (scene) => {
    scene.discord.faults.next(
      [...created, 'update_message'],
      { kind: 'rate-limit', retryAfterMs: 60 },
      2,
    );
    const thread = await scene.thread(scene.mention('how hot is the oven?'));
    await scene.finished(thread);
    expect(scene.own(thread)).toHaveLength(1);
  });
});

describe('a permission that is missing', () => {
  scenario('to open threads: the answer stands in the channel', { says: echo }, async (scene) => {
    scene.guild.denyBot(scene.channel, ['CreatePublicThreads']);
    const question = scene.mention('how hot is the oven?');
    const answer = await scene.finished(scene.channel);
    expect(answer.replyTo).toBe(question.id);
    expect(JSON.stringify(scene.twin.complaints)).toContain('Create Public Threads');
  });

  scenario(
    'to write in threads: the answer stands in the channel',
    { says: echo },
    async (scene) => {
      scene.guild.denyBot(scene.channel, ['SendMessagesInThreads']);
      scene.mention('how hot is the oven?');
      expect((await scene.finished(scene.channel)).text).toContain('how hot is the oven?');
    },
  );

  scenario(
    'to read what was said: the answer stands without a reference',
    { says: echo },
    async (scene) => {
      await scene.choose({ answerIn: 'channel' });
      scene.guild.denyBot(scene.channel, ['ReadMessageHistory']);
      scene.mention('how hot is the oven?');
      expect((await scene.finished(scene.channel)).replyTo).toBeUndefined();
    },
  );

  scenario(
    'to write at all: the asker and the operator are told what is missing',
    { says: echo },
    async (scene) => {
      scene.guild.denyBot(scene.channel, ['SendMessages', 'SendMessagesInThreads']);
      scene.mention('how hot is the oven?');
      const note = await scene.saying(scene.ada.dm(), /I lack the permission “Send Messages/u);
      expect(note.text).toContain(scene.channel.mention);
      expect(JSON.stringify(scene.twin.complaints)).toContain('Give it to the bot');
    },
  );

  scenario('and no direct messages either: the operator is told', { says: echo }, async (scene) => {
    scene.ada.refusesDms(true);
    scene.guild.denyBot(scene.channel, ['SendMessages', 'SendMessagesInThreads']);
    scene.mention('how hot is the oven?');
    await scene.discord.until(() =>
      JSON.stringify(scene.twin.complaints).includes('Give it to the bot'),
    );
  });

  scenario(
    'to write: a command is answered all the same, by its own token',
    { says: echo },
    async (scene) => {
      scene.guild.denyBot(scene.channel, ['SendMessages']);
      scene.ada.runs({ channel: scene.channel, command: 'ask', options: { question: 'hot?' } });
      expect((await scene.finished(scene.channel)).text).toContain('You asked: hot?');
    },
  );
});

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
