import type { Finding } from '../../finding.ts';
import type { DiscordConfig } from '../config.ts';
import { portal } from '../login.ts';
import type { Application } from './application.ts';

/** Whether interactions come in by the way that is configured. */
export function checkHttp(
  { http, gateway }: DiscordConfig,
  application: Application,
): readonly Finding[] {
  const name = 'Interactions';
  const endpoint = application.interactions_endpoint_url ?? null;
  if (http === null) {
    if (endpoint === null) {
      return gateway
        ? []
        : [
            {
              name,
              verdict: 'bad',
              found: 'neither the gateway nor HTTP is configured',
              todo: 'Set DISCORD_PORT and DISCORD_PUBLIC_KEY, or use the gateway.',
            },
          ];
    }
    return [
      {
        name,
        verdict: 'bad',
        found: `Discord sends commands to ${endpoint}, not over the gateway`,
        todo: `Clear “Interactions Endpoint URL” in ${portal}, or set DISCORD_PORT and DISCORD_PUBLIC_KEY.`,
      },
    ];
  }
  const key: Finding =
    application.verify_key === undefined || application.verify_key === http.publicKey.toLowerCase()
      ? { name: 'Public key', verdict: 'good', found: 'is the application’s' }
      : {
          name: 'Public key',
          verdict: 'bad',
          found: 'DISCORD_PUBLIC_KEY is not the application’s: every interaction would be refused',
          todo: `Set DISCORD_PUBLIC_KEY=${application.verify_key}.`,
        };
  return [
    key,
    endpoint === null
      ? {
          name,
          verdict: 'bad',
          found: 'Discord was not told where to send them',
          todo: `Start the bot, then enter its address ending in /discord/interactions as “Interactions Endpoint URL” in ${portal}.`,
        }
      : { name, verdict: 'good', found: `sent to ${endpoint}` },
  ];
}
