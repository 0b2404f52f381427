import type { Finding } from '../finding.ts';
import type { SlackConfig } from './config.ts';
import { defaultTimings } from './config.ts';
import { slackLogger } from './connect/logger.ts';
import { checkAppToken, checkConfigured } from './doctor/app.ts';
import { checkBotToken } from './doctor/bot.ts';
import { checkShape } from './doctor/shape.ts';
import { openClient } from './web/workspaces.ts';

const nothing = () => undefined;
const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** Asks Slack about everything that can be set wrongly, and says where to click. Changes nothing. */
export async function checkSlack(config: SlackConfig): Promise<readonly Finding[]> {
  const { access, events } = config;
  const timings = { ...defaultTimings, ...config.timings };
  // What a call comes to is a finding; the client need not say it a second time.
  const client = openClient(undefined, config, timings, slackLogger(silent));
  const findings: Finding[] = [...checkShape(config)];
  let app: string | undefined;
  if (access.kind === 'token') {
    const bot = await checkBotToken(client, access.botToken, config);
    findings.push(...bot.findings);
    app = bot.app;
  }
  if (events.kind === 'socket') findings.push(await checkAppToken(client, events.appToken));
  findings.push(...(await checkConfigured(client, config, app)));
  return findings;
}
