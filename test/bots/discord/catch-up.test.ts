import { SnowflakeUtil } from 'discord.js';
import { describe, expect, it } from 'vitest';
import type { Desk } from '../../../bots/discord/desk.ts';
import { catchUp } from '../../../bots/discord/messages/catch-up.ts';
import { type Model, scenario } from './scene.ts';

const echo: Model = ({ question }) => `You asked: ${question}`;

describe('what was said while nobody listened', () => {
  scenario(
    'is answered by the next process, where the twin was asked before',
    { says: echo },
    async (scene) => {
      const before = scene.ada.says({ channel: scene.channel, content: 'just talking' });
      const first = scene.mention('before?');
      const thread = await scene.thread(first);
      await scene.finished(thread);
      await scene.bot().close();

      const meanwhile = scene.mention('what happened meanwhile?');
      scene.ada.says({ channel: thread, content: 'and what comes after that?' });
      scene.ada.says({ channel: scene.channel, content: 'talking on' });
      await scene.replaceBot();
      await scene.finished(await scene.thread(meanwhile));
      await scene.finished(thread, 2);
      expect(scene.requests.map(({ question }) => question).sort()).toEqual([
        'and what comes after that?',
        'before?',
        'what happened meanwhile?',
      ]);
      expect(scene.discord.channel(before.id)).toBeUndefined();
      expect(scene.own(thread)).toHaveLength(2);
    },
  );

  scenario(
    'is answered when the session was lost, and nothing is answered twice',
    { says: echo },
    async (scene) => {
      const first = scene.mention('before?');
      await scene.finished(await scene.thread(first));
      const dm = scene.ada.dm();
      scene.ada.says({ channel: dm, content: 'and between us?' });
      await scene.finished(dm);
      const { gateway } = scene.discord;
      gateway.invalidate(false);
      const lost = scene.mention('was this lost?');
      scene.ada.says({ channel: dm, content: 'and was this lost?' });
      await scene.finished(await scene.thread(lost));
      await scene.finished(dm, 2);
      expect(scene.requests).toHaveLength(4);
    },
  );

  it('is looked for only where the twin was asked, and no longer back than it would be answered', async () => {
    const nowMs = Date.parse('2026-05-01T12:00:00Z');
    const turn = (channel: string, askedAtMs: number) => ({
      turn: 't',
      thread: 'discord:1',
      place: { platform: 'discord', workspace: null, channel: null, kind: 'direct' } as const,
      asker: 'ada',
      trace: null,
      running: false,
      askedAtMs,
      message: null,
      reply: {
        via: 'message',
        channel,
        message: '1',
        opens: false,
        inThread: false,
        repliesTo: null,
        files: false,
        unreadable: false,
      },
    });
    const asked: [string, string][] = [];
    const desk = {
      now: () => nowMs,
      conversation: {
        latest: async () => [turn('10', nowMs - 120_000), turn('20', nowMs - 7_200_000)],
      },
      wire: {
        messages: async (channel: string, { after = '' }: { after?: string }) => {
          asked.push([channel, after]);
          return [];
        },
      },
    } as unknown as Desk;
    await catchUp(desk);
    const minutesAgo = asked.map(([channel, after]) => [
      channel,
      (nowMs - SnowflakeUtil.timestampFrom(after)) / 60_000,
    ]);
    expect(minutesAgo).toEqual([
      ['10', 3],
      ['20', 10],
    ]);
  });
});
