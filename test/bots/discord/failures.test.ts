import { describe, expect } from 'vitest';
import { type Model, scenario, stepwise } from './scene.ts';

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
