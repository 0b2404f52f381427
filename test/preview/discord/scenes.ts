import { registerCommands } from '../../../bots/discord/register.ts';
import { startDiscord } from '../../../bots/discord/start.ts';
import { openTestTwin } from '../../bots/twin.ts';
import {
  type Asked,
  type Channel,
  type SeenMessage,
  startDiscordServer,
} from '../../servers/discord/server.ts';
import { handbookWritings } from '../library.ts';
import { heldModel } from '../model.ts';
import type { Album, Picture } from '../scene.ts';
import { drawMessages, drawModal } from './draw.ts';

const question = 'How do I make a backup while it is running?';
const unknown = 'Which football club won the cup in 1974?';

/** What people see in Discord, from the messages that the bot really sends. */
export async function discordAlbum(): Promise<Album> {
  const model = heldModel();
  const twin = await openTestTwin(await handbookWritings(), model.change, {
    limits: { personPerMinute: null, channelPerMinute: null },
  });
  const discord = await startDiscordServer({ botName: 'understudy' });
  const config = {
    token: discord.bot.token,
    applicationId: discord.bot.applicationId,
    messageContent: true,
    http: null,
    gateway: true,
    apiUrl: discord.apiUrl,
    timing: { editEveryMs: 20, retryMs: 10 },
  };
  await registerCommands(config, { dryRun: false });
  const bot = await startDiscord(twin, config);
  const guild = discord.guild('Theatre');
  guild.role('Stage hands', ['ManageChannels']);
  const channel = guild.channel('ask-mara');
  const ada = guild.member('Ada Okafor', { roles: ['Stage hands'] });
  const pictures: Picture[] = [];
  const names = (text: string) =>
    text
      .replaceAll(discord.bot.mention, '**@understudy**')
      .replaceAll(channel.mention, '**#ask-mara**');

  const take = (title: string, html: Picture['html']) => pictures.push({ title, html });
  const takeMessages = (title: string, messages: readonly SeenMessage[]) =>
    take(title, drawMessages(messages, names));
  const isOwn = ({ author, versions }: SeenMessage) =>
    author.id === discord.bot.id && versions[0]?.payload.type !== 18;
  const mention = (words: string, where: Channel = channel) =>
    ada.says({ channel: where, content: `${discord.bot.mention} ${words}` });
  const answerTo = (asked: SeenMessage, button: string): Promise<SeenMessage> =>
    discord.until(
      () =>
        discord
          .messages(asked.id)
          .filter(isOwn)
          .find((one) => hasButton(one, button)),
      { label: `an answer with ${button}` },
    );
  const whole = async (asked: Asked, ready: (message: SeenMessage) => boolean) =>
    discord.until(() => asked.messages().find((one) => !one.thinking && ready(one)), {
      label: 'what a command shows',
    });

  try {
    model.hold();
    const asked = mention(question);
    takeMessages('An answer that is being written', [asked, await answerTo(asked, 'stop')]);
    model.release();
    const answer = await answerTo(asked, 'up');
    takeMessages('An answer with its sources', [asked, answer]);

    const down = await ada.presses(answer, /^twin:down:/u).acknowledged;
    if (down.kind !== 'modal') throw new Error('No form was opened.');
    take('What was wrong?', drawModal(down.modal));
    const thanked = ada.submits(down.modal, { comment: 'The command has changed.' });
    takeMessages('Thanks', [await whole(thanked, ({ text }) => text !== '')]);

    const nothingKnown = mention(unknown);
    takeMessages('An honest "I do not know"', [nothingKnown, await answerTo(nothingKnown, 'up')]);

    model.breakDown(true);
    const broken = mention(question);
    takeMessages('Something went wrong', [broken, await answerTo(broken, 'again')]);
    model.breakDown(false);

    const empty = mention('');
    const hint = await discord.until(() =>
      discord.messages(channel).find((one) => isOwn(one) && one.replyTo === empty.id),
    );
    takeMessages('A mention without a question', [empty, hint]);

    model.hold();
    const direct = ada.says({ channel: ada.dm(), content: question });
    const inDirect = await discord.until(() =>
      discord.messages(ada.dm()).find((one) => isOwn(one) && hasButton(one, 'stop')),
    );
    await ada.presses(inDirect, /^twin:stop:/u).acknowledged;
    const stopped = await discord.until(() =>
      discord.messages(ada.dm()).find((one) => isOwn(one) && hasButton(one, 'again')),
    );
    takeMessages('Stopped', [direct, stopped]);
    model.release();

    const publicly = ada.runs({ channel, command: 'ask', options: { question } });
    takeMessages('/ask', [await whole(publicly, (one) => hasButton(one, 'up'))]);
    const privately = ada.runs({ channel, command: 'ask', options: { question, private: true } });
    takeMessages('/ask in private', [await whole(privately, (one) => hasButton(one, 'up'))]);
    for (const command of ['sources', 'style', 'help', 'settings']) {
      const run = ada.runs({ channel, command });
      takeMessages(`/${command}`, [await whole(run, ({ text }) => text !== '')]);
    }
    const opened = await ada.runs({ channel, command: 'feedback' }).acknowledged;
    if (opened.kind !== 'modal') throw new Error('No form was opened.');
    take('/feedback', drawModal(opened.modal));

    const resolved = ada.presses(answer, /^twin:resolve:/u);
    takeMessages('Marked as resolved', [await whole(resolved, ({ text }) => text !== '')]);
    const wrong = discord.violations.filter(({ kind }) => kind !== 'own-response');
    if (wrong.length > 0) throw new Error(JSON.stringify(wrong));
  } finally {
    await bot.quiesce();
    await twin.conversation.drain(5_000);
    await bot.close();
    await twin.close();
    await discord.close();
  }
  return { platform: 'discord', pictures, cover: 'An answer with its sources' };
}

const hasButton = ({ controls }: SeenMessage, action: string): boolean =>
  controls.some(({ customId }) => customId?.startsWith(`twin:${action}:`));
