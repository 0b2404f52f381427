import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import { asking, writeAsked } from '../../../bots/conversation/asked.ts';
import type { Message } from '../../../bots/conversation/message.ts';
import { firstId, roles, text } from '../../../bots/discord/answer/components.ts';
import type { Reply } from '../../../bots/discord/reply.ts';
import { bodyOf } from '../../../bots/discord/writer/body.ts';
import { openConversationState } from '../../../bots/state/sqlite.ts';
import { openEmbedded } from '../../../pipelines/stores/open.ts';
import { has, type Model, type Scene, scenario, stepwise } from './scene.ts';

const echo: Model = ({ question }) => `You asked: ${question}`;
const soon = {
  timing: { editEveryMs: 10, statusAfterMs: 60_000, retryMs: 2, recoverEveryMs: 30 },
};

/** What a process leaves behind that is killed before it could tell where its answer stands. */
async function abandon(scene: Scene, reply: Reply, change: Partial<Message>) {
  const stores = openEmbedded(scene.twin.home);
  const id = randomUUID();
  const message: Message = {
    event: randomUUID(),
    message: null,
    thread: `discord:${id}`,
    opensThread: true,
    place: {
      platform: 'discord',
      workspace: scene.guild.id,
      channel: scene.channel.id,
      kind: 'channel',
    },
    person: { id: scene.ada.id, roles: [], locale: null, bot: false },
    text: 'how hot is the oven?',
    addressed: true,
    mentionsOthers: false,
    task: 'answer',
    reply,
    ...change,
  };
  return {
    id,
    /** Everybody sees that it is dead. */
    async die() {
      await openConversationState(stores.database).claim({
        id,
        event: message.event,
        platform: 'discord',
        thread: message.thread,
        place: `discord:${scene.guild.id}:${scene.channel.id}`,
        asker: 'ada',
        bot: false,
        askedAtMs: Date.now(),
        message: message.message,
        asked: writeAsked(asking(message)),
        owner: 'dead',
        leaseUntilMs: Date.now() - 1,
        where: null,
      });
      await stores.close();
    },
  };
}

/** As the dead process did: a beginning of the answer, by the bot's own token. */
async function posted({ discord }: Scene, channel: string, turn: string): Promise<void> {
  const body = bodyOf([text('The first half', firstId(turn) + roles.answer)]);
  await fetch(`${discord.apiUrl}/v10/channels/${channel}/messages`, {
    method: 'POST',
    headers: { authorization: `Bot ${discord.bot.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

const under = (channel: string, message: string, opens: boolean): Reply => ({
  via: 'message',
  channel,
  message,
  opens,
  inThread: false,
  repliesTo: null,
  files: false,
  unreadable: false,
});

describe('a question that a dead process was answering', () => {
  scenario(
    'in a channel is answered in the message that stands',
    { says: echo, config: soon },
    async (scene) => {
      const question = scene.ada.says({ channel: scene.channel, content: 'how hot is the oven?' });
      const reply = under(scene.channel.id, question.id, false);
      const left = await abandon(scene, reply, { message: question.id });
      await posted(scene, scene.channel.id, left.id);
      await left.die();
      await scene.saying(scene.channel, /You asked: how hot/u);
      expect(scene.own(scene.channel)).toHaveLength(1);
    },
  );

  scenario(
    'in its thread is answered in the message that stands',
    { says: echo, config: soon },
    async (scene) => {
      const question = scene.ada.says({ channel: scene.channel, content: 'how hot is the oven?' });
      const thread = scene.ada.opensThread({
        channel: scene.channel,
        name: 'Oven',
        from: question,
      });
      const reply = under(scene.channel.id, question.id, true);
      const left = await abandon(scene, reply, { message: question.id });
      await posted(scene, thread.id, left.id);
      await left.die();
      await scene.saying(thread, /You asked: how hot/u);
      expect(scene.own(thread)).toHaveLength(1);
      expect(scene.own(scene.channel)).toEqual([]);
    },
  );

  scenario('of which nothing stands is answered', { says: echo, config: soon }, async (scene) => {
    const question = scene.ada.says({ channel: scene.channel, content: 'how hot is the oven?' });
    const left = await abandon(scene, under(scene.channel.id, question.id, true), {
      message: question.id,
    });
    await left.die();
    await scene.saying(await scene.thread(question), /You asked: how hot/u);
  });

  scenario(
    'by a command whose time is over is answered where “thinking” stands',
    { says: echo, config: soon },
    async (scene) => {
      const asked = scene.ada.runs({
        channel: scene.channel,
        command: 'ask',
        options: { question: 'x', author: 'Jo Park' },
      });
      await scene.finished(scene.channel);
      const reply: Reply = {
        via: 'interaction',
        interaction: asked.id,
        channel: scene.channel.id,
        handle: { application: scene.discord.bot.applicationId, token: asked.token, untilMs: 0 },
        of: 'command',
        message: null,
        ephemeral: false,
        canPost: true,
        inThread: false,
        quote: true,
        acknowledged: true,
      };
      const left = await abandon(scene, reply, {});
      await left.die();
      await scene.saying(scene.channel, /You asked: how hot is the oven/u);
      expect(scene.own(scene.channel)).toHaveLength(1);
    },
  );
});

describe('a process that ends in order', () => {
  const endless = stepwise('The first half. ', 'The second half.');
  scenario('closes what still runs with an honest line', { says: endless.model }, async (scene) => {
    const question = scene.mention('how hot is the oven?');
    endless.say(0);
    const thread = await scene.thread(question);
    await scene.saying(thread, /The first half/u);
    await scene.bot().quiesce();
    await scene.twin.conversation.drain(0);
    const closed = await scene.saying(thread, /I was restarted/u);
    expect(closed.text).toContain('The first half.');
    expect(has(closed, 'again')).toBe(true);
    endless.finish();
  });

  const patient = stepwise('The first half. ', 'The second half.');
  scenario('lets answers finish that are almost done', { says: patient.model }, async (scene) => {
    const question = scene.mention('how hot is the oven?');
    patient.say(0);
    const thread = await scene.thread(question);
    await scene.saying(thread, /The first half/u);
    const drained = scene.twin.conversation.drain(30_000);
    patient.finish();
    await drained;
    expect((await scene.finished(thread)).text).toContain('The second half.');
  });
});
