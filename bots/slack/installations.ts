import type { Installation, InstallationQuery, InstallationStore } from '@slack/bolt';
import { PermanentError } from '../../pipelines/stores/errors.ts';
import { openSealer } from './sealer.ts';

export type { InstallationStore };

/** Where installations are kept; what it keeps is sealed. */
export type InstallationBytes = {
  put(id: string, bytes: Uint8Array): Promise<void>;
  get(id: string): Promise<Uint8Array | undefined>;
  remove(id: string): Promise<void>;
};

/**
 * Installations of the app in workspaces and organisations: each holds a bot token, so they are encrypted.
 *
 * @param secrets the newest first. Older ones still open what they sealed, which is then sealed anew: to rotate,
 * put a new secret in front and take the old one away later.
 * @throws PermanentError `slack.not-installed` for a workspace that is not there, `slack.sealed` for one that
 * none of the secrets opens.
 */
export function openInstallations(
  bytes: InstallationBytes,
  secrets: readonly string[],
): Required<InstallationStore> {
  const sealer = openSealer(secrets);
  const put = (id: string, installation: Installation<'v1' | 'v2', boolean>) =>
    bytes.put(id, sealer.seal(id, Buffer.from(JSON.stringify(installation))));

  return {
    storeInstallation: (installation) => put(idOf(installation), installation),
    async fetchInstallation(query) {
      for (const id of idsFor(query)) {
        const sealed = await bytes.get(id);
        if (sealed === undefined) continue;
        const { opened, isOld } = sealer.open(id, sealed);
        const installation = JSON.parse(Buffer.from(opened).toString()) as Installation;
        if (isOld) await put(id, installation);
        return installation;
      }
      throw new PermanentError('The app is not installed there.', {
        code: 'slack.not-installed',
        hint: 'Open /slack/install on this process and agree for the workspace.',
      });
    },
    async deleteInstallation(query) {
      for (const id of idsFor(query)) await bytes.remove(id);
    },
  };
}

function idOf(installation: Installation<'v1' | 'v2', boolean>): string {
  const { team, enterprise, isEnterpriseInstall = false } = installation;
  if (isEnterpriseInstall && enterprise !== undefined) return `enterprise:${enterprise.id}`;
  if (team !== undefined) return `team:${team.id}`;
  throw new PermanentError('An installation names neither a workspace nor an organisation.', {
    code: 'slack.installation',
    hint: 'Install the app again.',
  });
}

/** A workspace of an organisation may have the app of its own, or the organisation's. */
function idsFor(query: InstallationQuery<boolean>): readonly string[] {
  const { teamId, enterpriseId, isEnterpriseInstall } = query;
  const team = teamId === undefined || isEnterpriseInstall ? [] : [`team:${teamId}`];
  return enterpriseId === undefined ? team : [...team, `enterprise:${enterpriseId}`];
}
