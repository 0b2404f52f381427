import { App, HTTPReceiver, SocketModeReceiver, webApi } from '@slack/bolt';
import type { SlackServer } from './server.ts';

export type Bolt = {
  readonly app: App;
  /** Lines that the libraries logged as warnings and errors. */
  readonly log: readonly string[];
  /** Of the HTTP receiver: where requests go. */
  readonly url: string | undefined;
  stop(): Promise<void>;
};

type Logger = Exclude<ConstructorParameters<typeof App>[0], undefined>['logger'];

// Socket mode waits this long before it connects again, and as long for pongs.
const RECONNECT_MS = 1_000;

/** A real Bolt app over Socket Mode; `listen` registers its listeners before it starts. */
export async function startBolt(slack: SlackServer, listen: (app: App) => void): Promise<Bolt> {
  const { log, logger } = quietLog();
  const clientOptions = { slackApiUrl: slack.apiUrl };
  const receiver = new SocketModeReceiver({
    appToken: slack.appToken,
    clientPingTimeout: RECONNECT_MS,
    installerOptions: { clientOptions },
    ...(logger === undefined ? {} : { logger }),
  });
  const app = new App({
    token: slack.botToken,
    receiver,
    clientOptions,
    ...(logger === undefined ? {} : { logger }),
  });
  listen(app);
  await app.start();
  return {
    app,
    log,
    url: undefined,
    stop: async () => {
      await app.stop();
      await slack.until(() => slack.socket.connections === 0);
    },
  };
}

/** A real Bolt app behind its HTTP receiver, on a port of its own. */
export async function startBoltHttp(slack: SlackServer, listen: (app: App) => void): Promise<Bolt> {
  const { log, logger } = quietLog();
  const receiver = new HTTPReceiver({
    signingSecret: slack.signingSecret,
    ...(logger === undefined ? {} : { logger }),
  });
  const app = new App({
    token: slack.botToken,
    receiver,
    clientOptions: { slackApiUrl: slack.apiUrl },
    ...(logger === undefined ? {} : { logger }),
  });
  listen(app);
  const server = await app.start({ port: 0, host: '127.0.0.1' });
  const address = server && 'address' in server ? server.address() : undefined;
  if (typeof address !== 'object' || address === null) throw new Error('Bolt listens nowhere.');
  const url = `http://127.0.0.1:${address.port}/slack/events`;
  slack.deliverTo(url);
  return { app, log, url, stop: async () => void (await app.stop()) };
}

/** The client that Bolt uses, which neither retries nor waits, so that a test sees every answer. */
export function plainClient(slack: SlackServer, token = slack.botToken): webApi.WebClient {
  const { logger } = quietLog();
  return new webApi.WebClient(token, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: 2_000,
    ...(logger === undefined ? {} : { logger }),
  });
}

/** Slack's own code for what went wrong, or the error's name. */
export async function errorOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'none';
  } catch (failure) {
    if (failure instanceof webApi.WebAPIPlatformError) return failure.data.error;
    return (failure as Error).name;
  }
}

function quietLog(): { readonly log: string[]; readonly logger: Logger } {
  const log: string[] = [];
  const keep = (...words: unknown[]): void => void log.push(words.map(String).join(' '));
  return {
    log,
    logger: {
      debug: () => {},
      info: () => {},
      warn: keep,
      error: keep,
      setLevel: () => {},
      getLevel: () => 'warn' as ReturnType<NonNullable<Logger>['getLevel']>,
      setName: () => {},
    },
  };
}
