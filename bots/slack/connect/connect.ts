import type { HTTPReceiverOptions, Logger } from '@slack/bolt';
import type { BotPorts } from '../../ports.ts';
import type { SlackConfig, SlackTimings } from '../config.ts';
import { requiredScopes } from '../scopes.ts';
import { clientOptions } from '../web/workspaces.ts';
import type { Connection } from './connection.ts';
import { openHttp } from './http.ts';
import { openSocket } from './socket.ts';

/** Connects as configured: a socket or a port for requests, and pages to install the app where it is for several. */
export function openConnection(
  config: SlackConfig,
  timings: SlackTimings,
  logger: Logger,
  log: BotPorts['log'],
): Connection {
  const { access, events } = config;
  const options = {
    logger,
    ...(access.kind === 'token' ? {} : installing(access)),
    installerOptions: {
      clientOptions: clientOptions(config, timings.callMs, logger),
      ...(access.kind === 'token' ? {} : pages(access)),
    },
  };
  return events.kind === 'socket'
    ? openSocket({ ...options, appToken: events.appToken }, timings, log)
    : openHttp({ ...options, signingSecret: events.signingSecret, port: events.port });
}

type OAuth = Extract<SlackConfig['access'], { readonly kind: 'oauth' }>;

const redirectPath = '/slack/oauth_redirect';

function installing({ clientId, clientSecret, stateSecret, installations, publicUrl }: OAuth) {
  return {
    clientId,
    clientSecret,
    stateSecret,
    installationStore: installations,
    scopes: requiredScopes.map(({ scope }) => scope),
    ...(publicUrl === undefined ? {} : { redirectUri: new URL(redirectPath, publicUrl).href }),
  } satisfies Partial<HTTPReceiverOptions>;
}

function pages({ port, authorizationUrl }: OAuth) {
  return {
    port,
    redirectUriPath: redirectPath,
    ...(authorizationUrl === undefined ? {} : { authorizationUrl }),
  };
}
