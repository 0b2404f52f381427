import type { BotPorts } from '../../../bots/ports.ts';
import manifest from '../../../bots/slack/manifest.json' with { type: 'json' };
import { startSlack } from '../../../bots/slack/start.ts';
import { buttonsOf, type Message, startSlackServer } from '../../servers/slack/server.ts';
import type { BotBench } from './platform.ts';

/** Channels, so that none becomes long: looking through it is the server's work, not the bot's. */
const channels = Array.from({ length: 64 }, (_, index) => ({ id: `C${index + 1}` }));
const people = Array.from({ length: 16 }, (_, index) => ({ id: `U${index + 1}` }));

export async function benchSlack(ports: BotPorts): Promise<BotBench> {
  const slack = await startSlackServer({
    manifest,
    teams: [{ id: 'T1', users: people, channels }],
  });
  const bot = await startSlack(ports, {
    access: { kind: 'token', botToken: slack.botToken },
    events: { kind: 'socket', appToken: slack.appToken },
    apiUrl: slack.apiUrl,
  });
  const { workspace } = slack;
  let asked = 0;
  const mention = (text: string, asker: number): Message => {
    const channel = channels[asked++ % channels.length]?.id ?? '';
    return workspace.user(`U${asker + 1}`).mentions({ channel, text });
  };
  const answerTo = ({ channel, ts }: Message): Message | undefined =>
    workspace.messages(channel, ts).find(({ bot_id }) => bot_id === workspace.bot.id);
  const finished = (question: Message) =>
    slack.until(() => {
      const answer = answerTo(question);
      return answer && buttonsOf(answer).includes('Regenerate');
    }, 30_000);

  return {
    async firstTextMs(text) {
      const startedAt = performance.now();
      const question = mention(text, 0);
      await finished(question);
      const first = answerTo(question)?.history.find((version) => version.text.trim() !== '');
      await slack.settled();
      return (first?.atMs ?? Number.NaN) - startedAt;
    },
    async answered(text, asker) {
      await finished(mention(text, asker));
    },
    quiesce: () => bot.quiesce(),
    async close() {
      await bot.close();
      await slack.close();
    },
  };
}
