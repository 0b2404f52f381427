import { webApi } from '@slack/bolt';
import type { SlackConfig, SlackTimings } from '../config.ts';
import { again, type Patience, settledValue } from './call.ts';

export type Client = webApi.WebClient;

/** The bot in one workspace. */
export type Workspace = {
  readonly client: Client;
  readonly team: string;
  readonly botUser: string;
  readonly botId: string;
  /** For the log. */
  readonly user: string;
  readonly teamName: string;
};

export type Workspaces = {
  of(team: string, enterprise: string | null): Promise<Workspace>;
};

/**
 * A client that makes each call once: it neither repeats one after a broken connection, which could show a text
 * twice, nor hides a rate limit.
 */
export function openClient(
  token: string | undefined,
  { apiUrl }: Pick<SlackConfig, 'apiUrl'>,
  { callMs }: Pick<SlackTimings, 'callMs'>,
  logger?: webApi.WebClientOptions['logger'],
): Client {
  return new webApi.WebClient(token, clientOptions({ apiUrl }, callMs, logger));
}

export function clientOptions(
  { apiUrl }: { readonly apiUrl?: string | undefined },
  callMs: number,
  logger?: webApi.WebClientOptions['logger'],
): webApi.WebClientOptions {
  return {
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: callMs,
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
    ...(logger === undefined ? {} : { logger }),
  };
}

/** The workspaces in which the app is installed; with a token that is one. */
export function openWorkspaces(
  config: SlackConfig,
  timings: SlackTimings,
  logger?: webApi.WebClientOptions['logger'],
): Workspaces {
  const { access } = config;
  const patience: Patience = timings;
  const byToken = new Map<string, Promise<Workspace>>();

  const withToken = (token: string): Promise<Workspace> => {
    const known = byToken.get(token);
    if (known) return known;
    const client = openClient(token, config, timings, logger);
    const asked = again(() => client.auth.test(), patience).then((outcome) => {
      const {
        team_id = '',
        user_id = '',
        bot_id = '',
        user = '',
        team = '',
      } = settledValue(outcome);
      return { client, team: team_id, botUser: user_id, botId: bot_id, user, teamName: team };
    });
    byToken.set(token, asked);
    asked.catch(() => byToken.delete(token));
    return asked;
  };

  if (access.kind === 'token') return { of: () => withToken(access.botToken) };
  return {
    async of(team, enterprise) {
      const installed = await access.installations.fetchInstallation({
        teamId: team,
        enterpriseId: enterprise ?? undefined,
        isEnterpriseInstall: false,
      });
      return withToken(installed.bot?.token ?? '');
    },
  };
}
