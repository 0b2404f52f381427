import { setTimeout as sleep } from 'node:timers/promises';
import { SocketModeReceiver, type SocketModeReceiverOptions, webApi } from '@slack/bolt';
import type { BotPorts } from '../../ports.ts';
import type { SlackTimings } from '../config.ts';
import { settledValue } from '../web/call.ts';
import { type Failure, failureOf } from '../web/failure.ts';
import { refusal } from '../web/refusal.ts';
import type { Connection } from './connection.ts';

const longestPauseMs = 30_000;
/** Tries to connect at the start, before the process says that it cannot. */
const mostTries = 4;
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
  const stopped = new Promise<void>((resolve) => {
    stopping.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  let down = Promise.withResolvers<void>();
  client.on('disconnected', () => down.resolve());

  /** Undefined once the connection stands. */
  const connect = async (begin: () => Promise<unknown>): Promise<Failure | undefined> => {
    try {
      await withinMs(callMs, begin(), () => void client.disconnect());
      down = Promise.withResolvers<void>();
      return undefined;
    } catch (cause) {
      return failureOf(cause);
    }
  };
  const pauseAfter = (failure: Failure, before: number): number =>
    failure.kind === 'limited'
      ? failure.retryAfterMs
      : Math.min(Math.max(before * 2, reconnectMs), longestPauseMs);

  const reconnect = async (): Promise<void> => {
    let pauseMs = 0;
    while (!stopping.signal.aborted) {
      await Promise.race([sleep(pauseMs, undefined, { ref: false }), stopped]);
      if (stopping.signal.aborted) return;
      const failure = await connect(() => client.start());
      if (failure === undefined) return;
      pauseMs = pauseAfter(failure, pauseMs);
      if (failure.kind === 'refused') {
        const { message, hint, code } = refusal(failure.error, failure.needed);
        log.error({ code, pauseMs }, `Slack: no connection. ${message} ${hint}`);
      } else {
        log.warn({ kind: failure.kind, pauseMs }, 'Slack: no connection; trying again');
      }
    }
  };

  const keep = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await Promise.race([down.promise, stopped]);
      await reconnect();
    }
  };

  return {
    receiver,
    async start() {
      // The receiver's own start also serves the pages by which people install the app; that, once.
      let failure = await connect(() => receiver.start());
      for (let pauseMs = 0, tries = 1; failure && tries < mostTries; tries += 1) {
        if (failure.kind === 'refused') break;
        pauseMs = pauseAfter(failure, pauseMs);
        await sleep(pauseMs);
        failure = await connect(() => client.start());
      }
      if (failure !== undefined) {
        const cause = failure.kind === 'limited' ? undefined : failure;
        settledValue(failure.kind === 'refused' ? failure : { kind: 'unknown', cause });
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

/** The package rejects with nothing at all when a connection closes before it is open. */
async function withinMs(ms: number, work: Promise<unknown>, giveUp: () => void): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(new Error('Slack opened a connection and said nothing.'));
    giveUp();
  }, ms);
  // Both may fail; the first to do so is told.
  work.catch(() => undefined);
  try {
    await Promise.race([work, late.promise]);
  } catch (cause) {
    if (cause instanceof webApi.SlackError) throw cause;
    const closed = new Error('The connection closed before it was open.', { cause });
    throw new webApi.WebAPIRequestError(cause instanceof Error ? cause : closed);
  } finally {
    clearTimeout(timer);
  }
}
