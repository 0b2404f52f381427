import type { Database } from '../../pipelines/stores/sqlite/database.ts';
import { readDiscord, readSlack } from '../environment.ts';
import type { PlatformConfigs } from '../platforms.ts';
import { openInstallations } from '../slack/installations.ts';
import { openSealedStore } from '../state/secrets.ts';

/** How to reach the platforms that are set up, with the store that Slack's installations are kept in. */
export function platformConfigs(
  variables: Readonly<Record<string, string | undefined>>,
  database: Database,
): PlatformConfigs {
  return {
    slack: readSlack(variables, (keys) => openInstallations(openSealedStore(database), keys)),
    discord: readDiscord(variables),
  };
}
