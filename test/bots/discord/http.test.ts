import { describe, expect } from 'vitest';
import type { DiscordConfig } from '../../../bots/discord/config.ts';
import type { DiscordServer } from '../../servers/discord/server.ts';
import { control, type Model, type Scene, scenario } from './scene.ts';

const echo: Model = ({ question }, nth) => `Answer ${nth + 1} to: ${question}`;

const overHttp = ({ bot }: DiscordServer): Partial<DiscordConfig> => ({
  http: { publicKey: bot.publicKey, port: 0, host: '127.0.0.1' },
});
const serverless = (discord: DiscordServer) => ({ ...overHttp(discord), gateway: false });

/** Where the bot takes interactions, as it told the operator. */
function endpoint({ told }: Scene): string {
  const found = told.find((said) => typeof said === 'object' && said !== null && 'url' in said);
  return String((found as { url: unknown }).url);
}

describe('interactions over HTTP', () => {
  scenario(
    'are answered without any gateway',
    { config: serverless, says: echo },
    async (scene) => {
      await scene.discord.signed.use(endpoint(scene));
      expect(scene.discord.gateway.connected()).toEqual([]);
      const { ada, channel } = scene;
      ada.runs({ channel, command: 'ask', options: { question: 'how hot?' } });
      const first = await scene.finished(channel);
      expect(first.text).toContain('Answer 1 to: how hot?');
      ada.presses(first, control('shorter'));
      expect((await scene.saying(channel, /Answer 2/u)).id).toBe(first.id);
      const form = await ada.presses(first, control('down')).acknowledged;
      if (form.kind !== 'modal') throw new Error(`a form was expected, not ${form.kind}`);
      ada.submits(form.modal, { comment: 'Too short.' });
      await scene.whispered(/Thank you/u);
      const names = await ada.completes({
        channel,
        command: 'ask',
        option: 'author',
        typed: 'jo',
        options: { question: 'x' },
      });
      expect(names).toEqual([{ name: 'Jo Park', value: 'jo-park' }]);
      expect(scene.discord.signed.deliveries.map(({ status }) => status)).not.toContain(500);
    },
  );

  scenario('leave mentions to the gateway', { config: overHttp, says: echo }, async (scene) => {
    await scene.discord.signed.use(endpoint(scene));
    const question = scene.mention('what about bread?');
    await scene.finished(await scene.thread(question));
    scene.ada.runs({ channel: scene.channel, command: 'ask', options: { question: 'how hot?' } });
    await scene.finished(scene.channel);
  });

  scenario('that Discord did not sign are refused', { config: serverless }, async (scene) => {
    const url = endpoint(scene);
    const ping = { type: 1, id: '1', application_id: '2', token: 'x', version: 1 };
    const { post } = scene.discord.signed;
    expect(await post(url, ping, 'valid')).toMatchObject({ status: 200, body: { type: 1 } });
    for (const signature of ['invalid', 'absent', 'other-body'] as const) {
      expect(await post(url, ping, signature)).toMatchObject({ status: 401 });
    }
    expect(await post(url, { type: 99 }, 'valid')).toMatchObject({ status: 400 });
  });
});
