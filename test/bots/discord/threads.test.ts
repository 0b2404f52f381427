import { describe, expect } from 'vitest';
import { control, type Model, scenario } from './scene.ts';

const echo: Model = ({ question }) => `You asked: ${question}`;
/** Says what it remembers, so that memory is seen where people see it. */
const recalling: Model = ({ history }) =>
  `I remember: ${history.map(({ role, text }) => `${role} ${text}`).join(' / ') || 'nothing'}`;

describe('in a thread', () => {
  scenario(
    'a follow-up needs no mention, and knows what was said',
    { says: recalling },
    async (scene) => {
      const question = scene.mention('how hot is the oven?');
      const thread = await scene.thread(question);
      await scene.finished(thread);
      scene.ada.says({ channel: thread, content: 'and for how long is that?' });
      const answer = await scene.finished(thread, 2);
      expect(answer.text).toContain('user how hot is the oven?');
      expect(answer.text).toContain('twin I remember: nothing');
    },
  );

  scenario('what others said meanwhile is remembered too', { says: recalling }, async (scene) => {
    const bob = scene.guild.member('Bob');
    const thread = bob.opensThread({ channel: scene.channel, name: 'Baking' });
    bob.says({ channel: thread, content: 'I burnt mine at 300 degrees.' });
    scene.mention('what went wrong here?', thread);
    const answer = await scene.finished(thread);
    expect(answer.text).toContain('user I burnt mine at 300 degrees.');
  });

  scenario(
    'of two hundred turns the last ones are remembered',
    { says: recalling },
    async (scene) => {
      const thread = scene.ada.opensThread({ channel: scene.channel, name: 'Long' });
      for (let turn = 1; turn <= 200; turn += 1) {
        scene.ada.says({ channel: thread, content: `Remark number ${turn}.` });
      }
      scene.mention('what did I say last?', thread);
      const answer = await scene.finished(thread);
      expect(answer.text).toContain('Remark number 200.');
      expect(answer.text).not.toContain('Remark number 50.');
    },
  );

  scenario('a message that mentions somebody else is for them', { says: echo }, async (scene) => {
    const bob = scene.guild.member('Bob');
    const thread = await scene.thread(scene.mention('how hot is the oven?'));
    await scene.finished(thread);
    scene.ada.says({ channel: thread, content: `${bob.mention} did you know this?` });
    scene.ada.says({ channel: thread, content: 'and for how long is that?' });
    await scene.finished(thread, 2);
    expect(scene.requests).toHaveLength(2);
  });

  scenario('follow-ups can be switched off', { says: echo }, async (scene) => {
    await scene.choose({ followUps: false });
    const thread = await scene.thread(scene.mention('how hot is the oven?'));
    await scene.finished(thread);
    scene.ada.says({ channel: thread, content: 'and for how long is that?' });
    scene.mention('and how long, now that I mention you?', thread);
    const answer = await scene.finished(thread, 2);
    expect(answer.text).toContain('now that I mention you');
    expect(scene.requests).toHaveLength(2);
  });

  scenario(
    'resolved, the twin is quiet until it is mentioned again',
    { says: echo },
    async (scene) => {
      const thread = await scene.thread(scene.mention('how hot is the oven?'));
      scene.ada.presses(await scene.finished(thread), control('resolve'));
      await scene.saying(thread, /Ada marked this as resolved/u);
      scene.ada.says({ channel: thread, content: 'thanks, that is all there is?' });
      scene.mention('but one more thing: is it hot?', thread);
      await scene.saying(thread, /one more thing/u);
      expect(scene.requests).toHaveLength(2);
    },
  );

  scenario('reopened, the twin goes on', { says: echo }, async (scene) => {
    const thread = await scene.thread(scene.mention('how hot is the oven?'));
    scene.ada.presses(await scene.finished(thread), control('resolve'));
    const note = await scene.saying(thread, /Ada marked this as resolved/u);
    scene.ada.presses(note, control('reopen'));
    await scene.saying(thread, /Ada reopened this/u);
    scene.ada.says({ channel: thread, content: 'but one more thing: is it hot?' });
    await scene.saying(thread, /one more thing/u);
  });

  scenario(
    'without the Message Content intent it says that a mention is needed',
    {
      discord: { privileged: { messageContent: false } },
      config: { messageContent: false },
      says: echo,
    },
    async (scene) => {
      const thread = await scene.thread(scene.mention('how hot is the oven?'));
      const answer = await scene.finished(thread);
      expect(answer.text).toContain('To ask more here, mention me.');
      scene.ada.says({ channel: thread, content: 'and for how long is that?' });
      scene.mention('and now?', thread);
      await scene.saying(thread, /and now\?/u);
      expect(scene.requests).toHaveLength(2);
    },
  );

  scenario(
    'without the intent a reply that is not a mention is asked for one',
    {
      discord: { privileged: { messageContent: false } },
      config: { messageContent: false },
      says: echo,
    },
    async (scene) => {
      const thread = await scene.thread(scene.mention('how hot is the oven?'));
      const answer = await scene.finished(thread);
      scene.ada.says({ channel: thread, content: 'how long?', replyTo: answer, ping: false });
      await scene.saying(thread, /I can only read messages that mention me/u);
    },
  );

  scenario(
    'that somebody else opened, the twin is still part of it after a restart',
    { says: echo },
    async (scene) => {
      const thread = scene.ada.opensThread({ channel: scene.channel, name: 'Baking' });
      scene.mention('how hot is the oven?', thread);
      await scene.finished(thread);
      await scene.replaceBot();
      scene.ada.says({ channel: thread, content: 'and for how long is that?' });
      expect((await scene.finished(thread, 2)).text).toContain('and for how long');
    },
  );
});

describe('in a channel', () => {
  scenario(
    'a thread that people open under an answer goes on from it',
    { says: recalling },
    async (scene) => {
      const { ada, channel } = scene;
      ada.runs({ channel, command: 'ask', options: { question: 'how hot?' } });
      const from = await scene.finished(channel);
      const thread = ada.opensThread({ channel, name: 'More', from });
      ada.says({ channel: thread, content: 'and for how long is that?' });
      const answer = await scene.finished(thread);
      expect(answer.text).toContain('user how hot?');
      expect(answer.text).toContain('twin I remember: nothing');
    },
  );

  scenario(
    'a reply to the answer of a command goes on from it',
    { says: recalling },
    async (scene) => {
      await scene.choose({ answerIn: 'channel' });
      const options = { question: 'how hot?' };
      scene.ada.runs({ channel: scene.channel, command: 'ask', options });
      const first = await scene.finished(scene.channel);
      scene.ada.says({ channel: scene.channel, content: 'and for how long?', replyTo: first });
      const second = await scene.finished(scene.channel, 2);
      expect(second.text).toContain('user how hot?');
      expect(second.text).toContain('twin I remember: nothing');
    },
  );

  scenario('a reply to the answer goes on from it', { says: recalling }, async (scene) => {
    await scene.choose({ answerIn: 'channel' });
    scene.mention('how hot is the oven?');
    const first = await scene.finished(scene.channel);
    scene.ada.says({ channel: scene.channel, content: 'and for how long?', replyTo: first });
    const second = await scene.finished(scene.channel, 2);
    expect(second.text).toContain('user how hot is the oven?');
    expect(second.text).toContain('twin I remember: nothing');
  });

  scenario(
    'a mention in reply to somebody knows what they said',
    { says: recalling },
    async (scene) => {
      const bob = scene.guild.member('Bob');
      const remark = bob.says({ channel: scene.channel, content: 'Bread is overrated.' });
      const content = `${scene.discord.bot.mention} do you agree with this?`;
      const question = scene.ada.says({ channel: scene.channel, content, replyTo: remark });
      const answer = await scene.finished(await scene.thread(question));
      expect(answer.text).toContain('user Bread is overrated.');
    },
  );

  scenario(
    'a reply to an answer opens a thread that knows the answer',
    { says: recalling },
    async (scene) => {
      const asked = scene.ada.runs({
        channel: scene.channel,
        command: 'ask',
        options: { question: 'how hot?' },
      });
      const first = await scene.finished(scene.channel);
      expect(first.id).toBe(asked.original()?.id);
      const reply = scene.ada.says({
        channel: scene.channel,
        content: 'and how long?',
        replyTo: first,
      });
      const thread = await scene.thread(reply);
      const second = await scene.finished(thread);
      expect(second.text).toContain('twin I remember: nothing');
      scene.ada.says({ channel: thread, content: 'is that really all of it?' });
      const third = await scene.finished(thread, 2);
      expect(third.text).toContain('user and how long?');
    },
  );
});

describe('in direct messages', () => {
  scenario('everything is for the twin, and remembered', { says: recalling }, async (scene) => {
    const dm = scene.ada.dm();
    scene.ada.says({ channel: dm, content: 'how hot is the oven?' });
    await scene.finished(dm);
    scene.ada.says({ channel: dm, content: 'and for how long is that?' });
    const answer = await scene.finished(dm, 2);
    expect(answer.text).toContain('user how hot is the oven?');
  });

  scenario(
    'the intent is not needed',
    {
      discord: { privileged: { messageContent: false } },
      config: { messageContent: false },
      says: echo,
    },
    async (scene) => {
      const dm = scene.ada.dm();
      scene.ada.says({ channel: dm, content: 'how hot is the oven?' });
      const answer = await scene.finished(dm);
      expect(answer.text).toContain('how hot is the oven?');
      expect(answer.text).not.toContain('mention me');
    },
  );
});
