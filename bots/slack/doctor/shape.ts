import type { Finding } from '../../finding.ts';
import type { SlackConfig } from '../config.ts';

/** Tokens say in their first letters what they are: the wrong one in a field is the commonest mistake. */
export function checkShape({ access, events }: SlackConfig): readonly Finding[] {
  const findings: Finding[] = [];
  if (access.kind === 'token' && !access.botToken.startsWith('xoxb-')) {
    findings.push({
      name: 'Bot token',
      verdict: 'bad',
      found: `SLACK_BOT_TOKEN begins with “${beginning(access.botToken)}”, not with “xoxb-”`,
      todo: 'Copy the Bot User OAuth Token from your app’s page: OAuth & Permissions.',
    });
  }
  if (events.kind === 'socket' && !events.appToken.startsWith('xapp-')) {
    findings.push({
      name: 'App token',
      verdict: 'bad',
      found: `SLACK_APP_TOKEN begins with “${beginning(events.appToken)}”, not with “xapp-”`,
      todo: 'Generate one on your app’s page: Basic Information, App-Level Tokens, with the scope connections:write.',
    });
  }
  if (events.kind === 'http') {
    findings.push(
      /^[0-9a-f]{32}$/u.test(events.signingSecret)
        ? { name: 'Signing secret', verdict: 'good', found: 'has the form of one' }
        : {
            name: 'Signing secret',
            verdict: 'bad',
            found: 'SLACK_SIGNING_SECRET is not 32 hexadecimal digits',
            todo: 'Copy it from your app’s page: Basic Information, App Credentials.',
          },
    );
  }
  return findings;
}

/** Enough to recognise a token by, and nothing that would give it away. */
const beginning = (token: string): string => token.slice(0, 5);
