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
    // An acknowledgement for a connection that has just gone: Slack delivers the event again.
    error: (...parts) =>
      parts.some(isGone) ? log.debug(words(parts)) : log.warn(`Slack: ${words(parts)}`),
    setLevel: () => undefined,
    getLevel: () => LogLevel.INFO,
    setName: () => undefined,
  };
}

const isGone = (part: unknown): boolean =>
  part instanceof Error &&
  /^slack_socket_mode_send_while_/u.test(String((part as { readonly code?: unknown }).code));
