import type { DiscordConfig } from './discord/config.ts';
import type { BotPorts, RunningBot } from './ports.ts';
import type { SlackConfig } from './slack/config.ts';

/** How to reach each platform; null for one that is not set up. */
export type PlatformConfigs = {
  readonly slack: SlackConfig | null;
  readonly discord: DiscordConfig | null;
};

export type Platforms = {
  /** What each connected as. */
  readonly names: readonly string[];
  /** Takes nothing new from any platform; running answers go on. */
  quiesce(): Promise<void>;
  /** Disconnects. To be called when the conversation has been drained. */
  close(): Promise<void>;
};

/**
 * Connects to every platform that is set up. Each loads its library only then: who uses one does not wait for
 * the other. When one cannot be reached the others are disconnected again, and its error is thrown.
 */
export async function startPlatforms(
  ports: BotPorts,
  {
    slack,
    discord,
  }: { readonly slack: SlackConfig | null; readonly discord: DiscordConfig | null },
): Promise<Platforms> {
  const starting: Promise<RunningBot>[] = [];
  if (slack) starting.push(import('./slack/start.ts').then((bot) => bot.startSlack(ports, slack)));
  if (discord) {
    starting.push(import('./discord/start.ts').then((bot) => bot.startDiscord(ports, discord)));
  }
  const started = await Promise.allSettled(starting);
  const running = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const close = async () => void (await Promise.allSettled(running.map((bot) => bot.close())));
  const failed = started.find((each) => each.status === 'rejected');
  if (failed) {
    await close();
    throw failed.reason;
  }
  return {
    names: running.map(({ name }) => name),
    quiesce: async () => void (await Promise.allSettled(running.map((bot) => bot.quiesce()))),
    close,
  };
}
