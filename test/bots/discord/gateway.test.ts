import { describe, expect, it, onTestFinished } from 'vitest';
import { startDiscord } from '../../../bots/discord/start.ts';
import { startDiscordServer } from '../../servers/discord/server.ts';
import { openTestTwin } from '../twin.ts';
import { type Model, scenario, stepwise } from './scene.ts';

const echo: Model = ({ question }) => `You asked: ${question}`;

describe('the gateway', () => {
  for (const [what, act] of [
    ['breaks', 'cut'],
    ['asks for a new connection', 'reconnect'],
  ] as const) {
    scenario(
      `that ${what} loses no question and answers none twice`,
      { says: echo },
      async (scene) => {
        const first = scene.mention('before?');
        await scene.finished(await scene.thread(first));
        scene.discord.gateway[act]();
        const meanwhile = scene.mention('what about bread, meanwhile?');
        await scene.finished(await scene.thread(meanwhile));
        const after = scene.mention('and after?');
        await scene.finished(await scene.thread(after));
        expect(scene.requests.map(({ question }) => question)).toEqual([
          'before?',
          'what about bread, meanwhile?',
          'and after?',
        ]);
      },
    );
  }

  scenario(
    'that takes a session back the moment it was resumed is connected to anew',
    { says: echo },
    async (scene) => {
      const { gateway, until } = scene.discord;
      const { resumed, identified } = gateway.counts;
      gateway.cut();
      await until(() => gateway.counts.resumed > resumed);
      gateway.invalidate(false);
      await until(() => gateway.counts.identified > identified && gateway.connected().length > 0);
      const question = scene.mention('and now?');
      await scene.finished(await scene.thread(question));
    },
  );

  const steps = stepwise('One. ', 'Two.');
  scenario(
    'that breaks in mid-answer does not disturb the answer',
    { says: steps.model },
    async (scene) => {
      const question = scene.mention('how hot is the oven?');
      steps.say(0);
      const thread = await scene.thread(question);
      await scene.saying(thread, /One/u);
      scene.discord.gateway.cut();
      steps.finish();
      expect((await scene.finished(thread)).text).toMatch(/^One\. Two\./u);
      expect(scene.own(thread)).toHaveLength(1);
    },
  );

  scenario('that says everything twice is answered once', { says: echo }, async (scene) => {
    scene.discord.gateway.duplicateEvery(1);
    const question = scene.mention('how hot is the oven?');
    const thread = await scene.thread(question);
    await scene.finished(thread);
    scene.ada.says({ channel: thread, content: 'and for how long is that?' });
    await scene.finished(thread, 2);
    expect(scene.requests).toHaveLength(2);
    expect(scene.own(thread)).toHaveLength(2);
  });

  scenario('that tells of a command twice answers it once', { says: echo }, async (scene) => {
    scene.discord.gateway.duplicateNext('INTERACTION_CREATE');
    const options = { question: 'how hot?' };
    scene.ada.runs({ channel: scene.channel, command: 'ask', options });
    await scene.finished(scene.channel);
    const next = scene.mention('and what else?');
    await scene.finished(await scene.thread(next));
    expect(scene.requests).toHaveLength(2);
    expect(scene.own(scene.channel)).toHaveLength(1);
  });

  scenario(
    'that tells what was seen again after a break is answered once',
    { says: echo },
    async (scene) => {
      scene.discord.gateway.redeliverOnResume(5);
      const first = scene.mention('before?');
      await scene.finished(await scene.thread(first));
      scene.discord.gateway.cut();
      await scene.discord.until(() => scene.discord.gateway.counts.resumed === 1);
      const after = scene.mention('and after?');
      await scene.finished(await scene.thread(after));
      expect(scene.requests).toHaveLength(2);
    },
  );

  scenario(
    'in several shards is one bot',
    { discord: { shards: 2 }, says: echo },
    async (scene) => {
      expect(
        scene.discord.gateway
          .connected()
          .map(({ shard }) => shard)
          .sort(),
      ).toEqual([0, 1]);
      const other = scene.discord.guild('Another');
      for (const channel of [scene.channel, other.channel('general')]) {
        const eve = other.member('Eve');
        const speaker = channel === scene.channel ? scene.ada : eve;
        const question = speaker.says({
          channel,
          content: `${scene.discord.bot.mention} how hot?`,
        });
        await scene.finished(await scene.thread(question));
      }
    },
  );

  scenario(
    'asks for no more than it needs',
    { config: { messageContent: false } },
    async (scene) => {
      const guilds = 1 << 0;
      const guildMessages = 1 << 9;
      const directMessages = 1 << 12;
      const [session] = scene.discord.gateway.connected();
      expect(session?.intents).toBe(guilds | guildMessages | directMessages);
    },
  );
});

describe('starting', () => {
  it('without the intent that was asked for says where to switch it on', async () => {
    const { twin, config } = await setUp({ privileged: { messageContent: false } });
    await expect(startDiscord(twin, config)).rejects.toMatchObject({
      code: 'discord.intent',
      hint: expect.stringContaining('DISCORD_MESSAGE_CONTENT=off'),
    });
  });

  it('with a token that is not good says so', async () => {
    const { twin, config } = await setUp();
    const wrong = startDiscord(twin, { ...config, token: 'not-a-token-of-anybodys' });
    await expect(wrong).rejects.toMatchObject({ code: 'discord.token' });
  });

  it('without anybody there says so', async () => {
    const { twin, config, discord } = await setUp();
    await discord.close();
    const late = startDiscord(twin, config);
    await expect(late).rejects.toMatchObject({ code: 'discord.unreachable' });
  });
});

async function setUp(options: Parameters<typeof startDiscordServer>[0] = {}) {
  const discord = await startDiscordServer(options);
  const twin = await openTestTwin([]);
  onTestFinished(async () => {
    await twin.close();
    await discord.close();
  });
  const config = {
    token: discord.bot.token,
    applicationId: discord.bot.applicationId,
    messageContent: true,
    http: null,
    gateway: true,
    apiUrl: discord.apiUrl,
  };
  return { discord, twin, config };
}
