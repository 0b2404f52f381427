import { readDiscord, readSlack } from '../environment.ts';
import type { PlatformConfigs } from '../platforms.ts';
import { openInstallations } from '../slack/installations.ts';
import type { SealedStore } from '../state/secrets.ts';

/** How to reach the platforms that are set up, with the store that Slack's installations are kept in. */
export function platformConfigs(
  variables: Readonly<Record<string, string | undefined>>,
  sealed: SealedStore,
): PlatformConfigs {
  return {
    slack: readSlack(variables, (keys) => openInstallations(sealed, keys)),
    discord: readDiscord(variables),
  };
}
