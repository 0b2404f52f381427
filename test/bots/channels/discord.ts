import { expect } from 'vitest';
import { startDiscord } from '../../../bots/discord/start.ts';
import type { ChannelDriver } from '../../conformance/channel.ts';
import {
  type Channel,
  type SeenMessage,
  startDiscordServer,
} from '../../servers/discord/server.ts';
import type { Stage } from '../conversation/stage.ts';

/** Discord with the real discord.js: a mention in a channel, then follow-ups without one in the thread under it. */
export async function openDiscordDriver(stage: Stage): Promise<ChannelDriver> {
  const discord = await startDiscordServer({ interactionDeadlineMs: 60_000 });
  const guild = discord.guild('Theatre');
  const channel = guild.channel('general');
  const ada = guild.member('Ada');
  const bot = await startDiscord(stage.ports, {
    token: discord.bot.token,
    applicationId: discord.bot.applicationId,
    messageContent: true,
    http: null,
    gateway: true,
    apiUrl: discord.apiUrl,
    timing: { editEveryMs: 5, retryMs: 5 },
  });
  let root: SeenMessage | undefined;
  let question: SeenMessage | undefined;

  const thread = (): Channel | undefined => root && discord.channel(root.id);
  const own = (): readonly SeenMessage[] => {
    const under = thread();
    const places = under === undefined ? [channel] : [channel, under];
    return places
      .flatMap((place) => discord.messages(place, { seenBy: ada }))
      .filter(({ author, flags }) => author.id === discord.bot.id && (flags & hasThread) === 0)
      .sort(byId);
  };
  const withButton = (button: RegExp) =>
    discord.until(
      () =>
        own().findLast(({ controls }) =>
          controls.some(({ customId = '' }) => button.test(customId)),
        ),
      { label: `a message with the button ${button}` },
    );
  const press = async (action: string) => {
    const button = new RegExp(`^twin:${action}:`, 'u');
    return ada.presses(await withButton(button), button).acknowledged;
  };
  const asked = (): SeenMessage => {
    if (question === undefined) throw new Error('Nothing was asked yet.');
    return question;
  };

  return {
    async ask(text) {
      if (root === undefined) {
        root = ada.says({ channel, content: `${discord.bot.mention} ${text}` });
        question = root;
      } else {
        const under = await discord.until(thread, { label: 'a thread under the question' });
        question = ada.says({ channel: under, content: text });
      }
    },
    async redeliver() {
      const { resumed } = discord.gateway.counts;
      discord.gateway.redeliverOnResume(100);
      discord.gateway.cut();
      await discord.until(() => discord.gateway.counts.resumed > resumed, { label: 'a resume' });
      discord.gateway.redeliverOnResume(0);
    },
    stop: async () => void (await press('stop')),
    async rate(value, reason) {
      const answered = await press(value);
      if (reason === null) return;
      if (answered.kind !== 'modal') throw new Error('No form was opened.');
      await ada.submits(answered.modal, { comment: reason }).acknowledged;
    },
    shorter: async () => void (await press('shorter')),
    async edit(text) {
      ada.edits(asked(), `${discord.bot.mention} ${text}`);
    },
    remove: async () => ada.deletes(asked()),
    seen: () => own().map(({ text }) => text),
    async close() {
      await bot.quiesce();
      await stage.conversation.drain(5_000);
      await bot.close();
      await discord.close();
      expect(discord.violations).toEqual([]);
      expect(own().flatMap(({ pinged }) => pinged)).toEqual([]);
    },
  };
}

/** Flag of a message under which there is a thread. */
const hasThread = 1 << 5;

/** Ids grow with time and are too long for a number. */
const byId = (a: SeenMessage, b: SeenMessage): number =>
  a.id.length - b.id.length || (a.id < b.id ? -1 : 1);
