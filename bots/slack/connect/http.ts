import type { Server } from 'node:http';
import { HTTPReceiver, type HTTPReceiverOptions } from '@slack/bolt';
import { PermanentError } from '../../../pipelines/stores/errors.ts';
import type { Connection } from './connection.ts';

/** Where Slack sends events, commands and presses. */
export const eventsPath = '/slack/events';

/** Signed requests: their signature and the age of their timestamp are checked before anything is read. */
export function openHttp(options: HTTPReceiverOptions & { readonly port: number }): Connection {
  const receiver = new HTTPReceiver({ ...options, endpoints: eventsPath });
  let server: Server | undefined;
  return {
    receiver,
    async start() {
      try {
        server = (await receiver.start(options.port)) as Server;
      } catch (cause) {
        throw new PermanentError(`Port ${options.port} cannot be listened on.`, {
          code: 'slack.port',
          hint: 'Set SLACK_PORT to a port that is free.',
          cause,
        });
      }
    },
    async stop() {
      if (server === undefined) return;
      const closed = receiver.stop();
      server.closeIdleConnections();
      server = undefined;
      await closed;
    },
  };
}
