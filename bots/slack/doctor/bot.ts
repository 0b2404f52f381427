import type { Finding } from '../../finding.ts';
import type { SlackConfig } from '../config.ts';
import { optionalScopes, requiredScopes, type Scope } from '../scopes.ts';
import { again } from '../web/call.ts';
import type { Client } from '../web/workspaces.ts';

const patience = { retryMs: 500, tries: 3, limitedMs: 30_000 };

/** Whether the bot token works, for whom, and with which scopes. `app` is the app's id where it could be found. */
export async function checkBotToken(
  client: Client,
  token: string,
  { readUserGroups = false }: SlackConfig,
): Promise<{ readonly findings: readonly Finding[]; readonly app: string | undefined }> {
  const tested = await again(() => client.auth.test({ token }), patience);
  if (tested.kind === 'unknown') return { findings: [unreachable('Bot token')], app: undefined };
  if (tested.kind === 'refused') {
    const finding: Finding = {
      name: 'Bot token',
      verdict: 'bad',
      found: `Slack refuses it: ${tested.error}`,
      todo: 'On your app’s page, OAuth & Permissions: install the app to the workspace again and copy the Bot User OAuth Token to SLACK_BOT_TOKEN.',
    };
    return { findings: [finding], app: undefined };
  }
  const { team, user, bot_id, response_metadata } = tested.value;
  const app = bot_id === undefined ? undefined : await appOf(client, token, bot_id);
  const good: Finding = {
    name: 'Bot token',
    verdict: 'good',
    found: `belongs to “${user}” in “${team}”`,
  };
  const granted = new Set(response_metadata?.scopes ?? []);
  const asked: readonly Scope[] = readUserGroups
    ? [...requiredScopes, ...optionalScopes]
    : requiredScopes;
  return { findings: [good, ...checkScopes(granted, asked, app)], app };
}

async function appOf(client: Client, token: string, bot: string): Promise<string | undefined> {
  const info = await again(() => client.bots.info({ token, bot }), patience);
  return info.kind === 'done' ? info.value.bot?.app_id : undefined;
}

/** Scopes as Slack says that the token has them, against those that the manifest asks for. */
function checkScopes(
  granted: ReadonlySet<string>,
  asked: readonly Scope[],
  app: string | undefined,
): readonly Finding[] {
  if (granted.size === 0) {
    return [
      {
        name: 'Scopes',
        verdict: 'advice',
        found: 'Slack did not say which the token has',
        todo: `Compare them with bots/slack/manifest.json on ${pageOf(app, 'oauth')}.`,
      },
    ];
  }
  const missing = asked.filter(({ scope }) => !granted.has(scope));
  const more = [...granted].filter((scope) => !asked.some((each) => each.scope === scope));
  const findings = missing.map(
    ({ scope, why }): Finding => ({
      name: `Scope ${scope}`,
      verdict: 'bad',
      found: `is missing. ${why}`,
      todo: `Add it under Bot Token Scopes on ${pageOf(app, 'oauth')}, then press “Reinstall to Workspace” there.`,
    }),
  );
  if (missing.length === 0) {
    findings.push({ name: 'Scopes', verdict: 'good', found: `all ${asked.length} are granted` });
  }
  if (more.length > 0) {
    findings.push({
      name: 'Scopes',
      verdict: 'advice',
      found: `more than needed: ${more.join(', ')}`,
      todo: `Nothing here uses them; they may be removed on ${pageOf(app, 'oauth')}.`,
    });
  }
  return findings;
}

/** A page of the app's settings. */
export function pageOf(app: string | undefined, page: string): string {
  return app === undefined
    ? `your app’s page at https://api.slack.com/apps (${page})`
    : `https://api.slack.com/apps/${app}/${page}`;
}

export function unreachable(name: string): Finding {
  return {
    name,
    verdict: 'bad',
    found: 'Slack could not be reached',
    todo: 'Look at this machine’s network, and at https://slack-status.com.',
  };
}
