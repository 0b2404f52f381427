import { setTimeout as sleep } from 'node:timers/promises';
import { App } from '@slack/bolt';
import type { BotPorts, RunningBot } from '../ports.ts';
import { openSlackChannel } from './channel.ts';
import { defaultTimings, type SlackConfig } from './config.ts';
import { openConnection } from './connect/connect.ts';
import { acknowledgeTaken } from './connect/late-ack.ts';
import { slackLogger } from './connect/logger.ts';
import { listenToAssistant } from './listen/assistant.ts';
import { listenToCommands } from './listen/commands.ts';
import type { Desk } from './listen/desk.ts';
import { listenToHome } from './listen/home.ts';
import { listenToLifecycle } from './listen/lifecycle.ts';
import { listenToMessages } from './listen/messages.ts';
import { listenToPresses } from './listen/pressed.ts';
import { listenToSettings } from './listen/settings.ts';
import { listenToShortcuts } from './listen/shortcuts.ts';
import { listenToViews } from './listen/views.ts';
import { openPeople } from './people.ts';
import { clientOptions, openWorkspaces } from './web/workspaces.ts';
import { openWork } from './work.ts';

export type { SlackConfig } from './config.ts';

/** How long a modal that is being opened, or a line that is being said, may take when the process ends. */
const lastWorkMs = 5_000;

/**
 * Connects to Slack and answers there until it is closed.
 *
 * @throws PermanentError when Slack refuses a token, or the port is taken; TransientError when it cannot be reached.
 */
export async function startSlack(ports: BotPorts, config: SlackConfig): Promise<RunningBot> {
  const { conversation, log } = ports;
  const timings = { ...defaultTimings, ...config.timings };
  const logger = slackLogger(log);
  const people = openPeople(config, timings, log);
  const workspaces = openWorkspaces(config, timings, logger);
  const work = openWork(log);
  const channel = openSlackChannel({
    conversation,
    log,
    workspaces,
    people,
    timings,
    showTasks: config.showTasks ?? false,
  });
  const desk: Desk = {
    ...ports,
    channel,
    people,
    workspaces,
    timings,
    tell: { patience: timings, log },
    shared: config.access.kind === 'oauth',
    run: work.run,
    inOrder: work.inOrder,
  };

  const connection = openConnection(config, timings, logger, log);
  acknowledgeTaken(connection.receiver);
  const { access } = config;
  const own = access.kind === 'token' ? await workspaces.of('', null) : undefined;
  const app = new App({
    receiver: connection.receiver,
    logger,
    clientOptions: clientOptions(config, timings.callMs, logger),
    convoStore: false,
    // One workspace is asked about once, not with every event; several are looked up where they are kept.
    ...(own === undefined || access.kind !== 'token'
      ? { deferInitialization: true }
      : {
          authorize: async () => ({
            botToken: access.botToken,
            botId: own.botId,
            botUserId: own.botUser,
          }),
        }),
  });
  if (own === undefined) await app.init();
  app.error(async (failure) => {
    log.error({ code: failure.code, cause: String(failure) }, 'Slack: an event could not be taken');
  });
  // The assistant pane first: it takes the messages of its threads out of the others' hands.
  listenToAssistant(app, desk);
  listenToMessages(app, desk);
  listenToPresses(app, desk);
  listenToCommands(app, desk);
  listenToShortcuts(app, desk);
  listenToViews(app, desk);
  listenToSettings(app, desk);
  listenToHome(app, desk);
  listenToLifecycle(app, desk, config);

  await connection.start();
  const recover = () => work.run('recovery', () => conversation.recover(channel));
  recover();
  const recovering = setInterval(recover, timings.recoverEveryMs);
  recovering.unref();

  return {
    name: own === undefined ? 'Slack: several workspaces' : `Slack: ${own.user} in ${own.teamName}`,
    async quiesce() {
      clearInterval(recovering);
      await connection.stop();
    },
    async close() {
      clearInterval(recovering);
      await connection.stop();
      await Promise.race([work.idle(), sleep(lastWorkMs, undefined, { ref: false })]);
    },
  };
}
