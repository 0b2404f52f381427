import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp, SCOPES } from './app.ts';
import { openChanges } from './changes.ts';
import type { Core, Settings } from './core.ts';
import { openRouter } from './delivery/outbox.ts';
import { openRequests } from './delivery/requests.ts';
import { openSockets } from './delivery/sockets.ts';
import { openFaults } from './faults.ts';
import { openHttp } from './http.ts';
import { openIds } from './ids.ts';
import { installByBrowser } from './install.ts';
import { openLimiter, PUBLISHED } from './limits.ts';
import { openGrants } from './oauth.ts';
import { openResponseUrls } from './response-urls.ts';
import { createTeam } from './team.ts';
import { openTriggers } from './triggers.ts';
import type { SlackServer, SlackServerOptions, Violation } from './types.ts';
import { openDispatch } from './web-api/dispatch.ts';
import { methods } from './web-api/methods.ts';
import { openWorkspace } from './workspace.ts';

export type * from './types.ts';
export { buttonsOf, pingsOf, visibleText } from './visible.ts';

/**
 * Slack on the loopback address, for the real client libraries: give Bolt `clientOptions.slackApiUrl` and start.
 *
 * It is strict. Whatever the real platform refuses is refused with Slack's own error, and recorded in
 * `violations` when the client should have known better: unknown, missing or wrong arguments, scopes, blocks
 * and chunks beyond their limits, acknowledgements that are late or wrong. What is nobody's mistake (an
 * archived channel, an expired stream, a revoked token) is only answered.
 *
 * - Web API over HTTP, form-encoded or JSON; calls in `calls`.
 * - Socket Mode: several connections, redelivery after `ackDeadlineMs`, disconnects; deliveries in `deliveries`.
 * - Signed requests for the HTTP receiver: `requestUrl`, `deliverTo`, `http`.
 * - OAuth for several workspaces: `authorizationUrl`, `install`.
 * - People: `workspace.user('U1').says(…)`, and what they see: `workspace.messages(…)`, `Message.history`,
 *   `visibleText`, `buttonsOf`, `pingsOf`, ephemerals, statuses, modals, home tabs.
 * - Misbehaviour: `faults`; rate limits: `rateLimits`.
 * - Waiting: `until`, `settled`. Nothing here needs a sleep.
 */
export async function startSlackServer(options: SlackServerOptions = {}): Promise<SlackServer> {
  const ids = openIds(options.seed ?? 1);
  const app = createApp(options.app ?? {}, options.manifest, ids);
  const settings = settingsOf(options);
  const violations: Violation[] = [];
  const calls: SlackServer['calls'][number][] = [];
  const deliveries: SlackServer['deliveries'][number][] = [];
  const running = { calls: 0 };
  let requestUrl = options.requestUrl;
  let origin = '';

  const faults = openFaults(options.seed ?? 1);
  const changes = openChanges(() => explain(violations, calls));
  const sockets = openSockets(
    () => core,
    () => setImmediate(router.flush),
  );
  const requests = openRequests(
    () => core,
    () => requestUrl,
  );
  const transport = () => (requestUrl === undefined ? sockets.transport : requests.transport);
  const router = openRouter(() => core, faults, transport);
  const core: Core = {
    app,
    settings,
    ids,
    teams: new Map(),
    violations,
    calls,
    deliveries,
    changes,
    triggers: openTriggers(ids, settings.triggerLifetimeMs),
    responseUrls: openResponseUrls(ids.hex, () => origin),
    outbox: Object.assign(router, { connectionUrl: sockets.connectionUrl }),
    origin: () => origin,
    violate: (code, where, message, detail) => {
      violations.push({ code, where, message, detail });
      changes.changed();
    },
  };
  for (const spec of options.teams ?? [{ id: 'T1' }]) {
    const team = createTeam(spec, ids);
    if (team.token !== undefined) for (const scope of app.scopes) team.scopes.add(scope);
    core.teams.set(spec.id, team);
  }

  const grants = openGrants(core, SCOPES);
  const limits = options.rateLimits === 'slack' ? PUBLISHED : options.rateLimits;
  const api = openDispatch(core, faults, openLimiter(limits), methods(grants));
  const handle = openHttp({ core, grants, api, running });
  const server = createServer((request, response) => {
    handle(request, response).catch((failure: unknown) => {
      core.violate('server_bug', request.url ?? '', String((failure as Error).stack ?? failure));
      response.writeHead(500).end();
    });
  });
  server.on('upgrade', sockets.upgrade);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const workspaceOf: SlackServer['workspaceOf'] = (id) => {
    const team = core.teams.get(id);
    if (team === undefined) throw new Error(`There is no workspace ${id}.`);
    return openWorkspace(core, team);
  };
  const [first = ''] = core.teams.keys();
  const workspace = workspaceOf(first);
  return {
    apiUrl: `${origin}/api/`,
    authorizationUrl: `${origin}/oauth/v2/authorize`,
    appToken: app.appToken,
    get botToken() {
      return workspace.bot.token;
    },
    clientId: app.clientId,
    clientSecret: app.clientSecret,
    signingSecret: app.signingSecret,
    workspace,
    workspaceOf,
    violations,
    calls,
    callsOf: (method) => calls.filter((call) => call.method === method),
    deliveries,
    faults: faults.script,
    socket: sockets.control,
    http: requests.control,
    deliverTo: (url) => {
      requestUrl = url;
    },
    install: (installUrl, team, user) => installByBrowser(installUrl, team, user),
    until: (condition, timeoutMs = 10_000) => changes.until(condition, timeoutMs),
    settled: async (timeoutMs = 10_000) => {
      await changes.until(() => !router.busy && running.calls === 0, timeoutMs);
    },
    close: async () => {
      router.close();
      await sockets.close();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function settingsOf(options: SlackServerOptions): Settings {
  return {
    ackDeadlineMs: options.ackDeadlineMs ?? 3_000,
    retryDelaysMs: options.retryDelaysMs ?? [0, 60_000, 300_000],
    triggerLifetimeMs: options.triggerLifetimeMs ?? 3_000,
    streamLifetimeMs: options.streamLifetimeMs ?? 300_000,
    pingIntervalMs: options.pingIntervalMs ?? 5_000,
    echo: options.echo ?? true,
  };
}

/** The last things that happened, for whoever waited in vain. */
function explain(violations: readonly Violation[], calls: SlackServer['calls']): string {
  const last = calls.slice(-15).map((call) => `  ${call.method} → ${call.error ?? 'ok'}`);
  const wrong = violations.map(({ code, where, message }) => `  ${code} (${where}): ${message}`);
  return ['Last calls:', ...last, 'Violations:', ...wrong].join('\n');
}
