import { startDiscord } from '../../../bots/discord/start.ts';
import type { BotPorts } from '../../../bots/ports.ts';
import { type SeenMessage, startDiscordServer } from '../../servers/discord/server.ts';
import type { BotBench } from './platform.ts';

const askers = 16;

export async function benchDiscord(ports: BotPorts): Promise<BotBench> {
  const discord = await startDiscordServer();
  const guild = discord.guild('Theatre');
  const channel = guild.channel('stage');
  const people = Array.from({ length: askers }, (_, index) => guild.member(`Person ${index}`));
  const bot = await startDiscord(ports, {
    token: discord.bot.token,
    applicationId: discord.bot.applicationId,
    messageContent: true,
    http: null,
    gateway: true,
    apiUrl: discord.apiUrl,
  });
  const mention = (text: string, asker: number): SeenMessage => {
    const person = people[asker % askers];
    if (person === undefined) throw new Error('There is nobody to ask.');
    return person.says({ channel, content: `${discord.bot.mention} ${text}` });
  };
  /** In the thread under the question, which has the question's id. */
  const answerTo = ({ id }: SeenMessage): SeenMessage | undefined =>
    discord.messages(id).find(({ author, text }) => author.id === discord.bot.id && text !== '');
  const finished = (question: SeenMessage) =>
    discord.until(
      () =>
        answerTo(question)?.controls.some(({ customId }) => customId?.startsWith('twin:up:')) ??
        false,
      { timeoutMs: 30_000, label: 'a finished answer' },
    );

  return {
    async firstTextMs(text) {
      const startedAt = performance.now();
      const question = mention(text, 0);
      let firstMs = Number.NaN;
      // Looked at whenever anything changes on the server.
      await discord.until(
        () => {
          if (answerTo(question) === undefined) return false;
          firstMs = performance.now() - startedAt;
          return true;
        },
        { label: 'the first words' },
      );
      await finished(question);
      return firstMs;
    },
    async answered(text, asker) {
      await finished(mention(text, asker));
    },
    quiesce: () => bot.quiesce(),
    async close() {
      await bot.close();
      await discord.close();
    },
  };
}
