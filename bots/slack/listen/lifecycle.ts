import type { App } from '@slack/bolt';
import type { SlackConfig } from '../config.ts';
import type { Desk } from './desk.ts';

/** The app was removed, or its token revoked: nothing can be said there any more. */
export function listenToLifecycle(app: App, desk: Desk, { access }: SlackConfig): void {
  const gone =
    (what: string) =>
    async (context: {
      readonly teamId?: string | undefined;
      readonly enterpriseId?: string | undefined;
      readonly isEnterpriseInstall: boolean;
    }) => {
      const { teamId, enterpriseId, isEnterpriseInstall } = context;
      desk.log.error(
        { team: teamId ?? enterpriseId },
        access.kind === 'oauth'
          ? `Slack: ${what}. What was stored for that workspace is deleted; people can install the app again.`
          : `Slack: ${what}. Install the app again and set SLACK_BOT_TOKEN to the new token; understudy slack doctor checks it.`,
      );
      if (access.kind !== 'oauth') return;
      desk.run('uninstall', async () =>
        access.installations.deleteInstallation?.({
          teamId,
          enterpriseId,
          isEnterpriseInstall,
        } as Parameters<NonNullable<typeof access.installations.deleteInstallation>>[0]),
      );
    };
  const uninstalled = gone('the app was uninstalled');
  const revoked = gone('the token of the bot was revoked');
  app.event('app_uninstalled', async ({ context }) => uninstalled(context));
  app.event('tokens_revoked', async ({ event, context }) => {
    // Tokens of people are revoked one by one when they leave; that is none of ours.
    if ((event.tokens.bot?.length ?? 0) > 0) await revoked(context);
  });
}
