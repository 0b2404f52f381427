import type { Channel } from '../conversation/channel.ts';
import type { BotPorts } from '../ports.ts';
import { describeFailure } from './failure.ts';

/** Finishes what processes that died left unfinished: at once, and now and again. */
export function openRecovery(
  { conversation, log }: Pick<BotPorts, 'conversation' | 'log'>,
  channel: Channel,
  everyMs: number,
): { close(): Promise<void> } {
  let working: Promise<void> | undefined;
  const look = () => {
    working ??= conversation
      .recover(channel)
      .then((taken) => {
        if (taken > 0) log.info({ taken }, 'finished answers that another process had begun');
      })
      .catch((error: unknown) =>
        log.warn({ failure: describeFailure(error) }, 'an unfinished answer could not be finished'),
      )
      .finally(() => {
        working = undefined;
      });
  };
  look();
  const timer = setInterval(look, everyMs);
  return {
    async close() {
      clearInterval(timer);
      await working;
    },
  };
}
