import { setTimeout as sleep } from 'node:timers/promises';
import { SocketModeReceiver, type SocketModeReceiverOptions } from '@slack/bolt';
import type { BotPorts } from '../../ports.ts';
import type { SlackTimings } from '../config.ts';
import { failureOf } from '../web/failure.ts';
import { refusal } from '../web/refusal.ts';
import type { Connection } from './connection.ts';

const longestPauseMs = 30_000;
/** How long a peer may take to say goodbye; what it has not had acknowledged it delivers again anyway. */
const goodbyeMs = 3_000;

/**
 * A socket that is kept open. The package's own way to reconnect waits five seconds first, in which nobody is
 * heard, and ends the process when Slack cannot be reached for the second time in a row.
 */
export function openSocket(
  options: Omit<SocketModeReceiverOptions, 'autoReconnectEnabled'>,
  { callMs, reconnectMs }: Pick<SlackTimings, 'callMs' | 'reconnectMs'>,
  log: BotPorts['log'],
): Connection {
  const receiver = new SocketModeReceiver({ ...options, autoReconnectEnabled: false });
  const { client } = receiver;
  const stopping = new AbortController();
  let down = Promise.withResolvers<void>();
  client.on('disconnected', () => down.resolve());

  const connect = async (begin: () => Promise<unknown>): Promise<void> => {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      late.reject(new Error('Slack opened a connection and said nothing.'));
      void client.disconnect();
    }, callMs);
    const connecting = begin();
    // Both may fail; the first to do so is told.
    connecting.catch(() => undefined);
    try {
      await Promise.race([connecting, late.promise]);
    } finally {
      clearTimeout(timer);
    }
    down = Promise.withResolvers<void>();
  };

  const keep = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await Promise.race([down.promise, aborted(stopping.signal)]);
      let pauseMs = 0;
      while (!stopping.signal.aborted) {
        try {
          await sleep(pauseMs, undefined, { signal: stopping.signal });
          await connect(() => client.start());
          log.debug('Slack: connected again');
          break;
        } catch (cause) {
          if (stopping.signal.aborted) return;
          pauseMs = pauseMs === 0 ? reconnectMs : Math.min(pauseMs * 2, longestPauseMs);
          log.warn({ cause: String(cause), pauseMs }, 'Slack: no connection; trying again');
        }
      }
    }
  };

  return {
    receiver,
    async start() {
      try {
        // The receiver's own start also serves the pages by which people install the app.
        await connect(() => receiver.start());
      } catch (cause) {
        throw startFailure(cause);
      }
      void keep();
    },
    async stop() {
      if (stopping.signal.aborted) return;
      stopping.abort();
      const goodbye = down.promise;
      await receiver.stop();
      await Promise.race([goodbye, sleep(goodbyeMs, undefined, { ref: false })]);
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** What keeps a process from starting is said as such: a token that is wrong will not get right by waiting. */
function startFailure(cause: unknown): unknown {
  try {
    const failure = failureOf(cause);
    return failure.kind === 'refused' ? refusal(failure.error, failure.needed) : cause;
  } catch {
    return cause;
  }
}
