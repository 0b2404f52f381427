import { type Logger, LogLevel } from '@slack/bolt';
import type { BotPorts } from '../../ports.ts';

/** Our log as Slack's packages want one. What they call information is of interest to nobody but a debugger. */
export function slackLogger(log: BotPorts['log']): Logger {
  const words = (parts: readonly unknown[]) =>
    parts.map((part) => (part instanceof Error ? part.message : String(part))).join(' ');
  return {
    debug: () => undefined,
    info: (...parts) => log.debug(`Slack: ${words(parts)}`),
    warn: (...parts) => log.debug(`Slack: ${words(parts)}`),
    error: (...parts) => log.warn(`Slack: ${words(parts)}`),
    setLevel: () => undefined,
    getLevel: () => LogLevel.INFO,
    setName: () => undefined,
  };
}
