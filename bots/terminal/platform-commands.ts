import type { Command } from 'commander';
import { PermanentError } from '../../pipelines/stores/errors.ts';
import type { PlatformConfigs } from '../platforms.ts';
import { reportChecks } from './checks.ts';
import { exitCodes } from './exit.ts';
import { openOutput } from './output.ts';
import type { Setting } from './setting.ts';

type Json = { readonly json: boolean };

/** `understudy slack …` and `understudy discord …`: set a platform up, and see whether it is. */
export function addPlatformCommands(program: Command, setting: Setting): void {
  const slack = program.command('slack').description('set up the Slack app');
  slack
    .command('doctor')
    .description('check tokens, scopes and connection against Slack, and say what is missing')
    .option('--json', 'one JSON document', false)
    .action(async ({ json }: Json) => {
      const { checkSlack } = await import('../slack/doctor.ts');
      const checks = await withConfigs(setting, async ({ slack: config }) =>
        checkSlack(config ?? notSetUp('Slack', 'SLACK_BOT_TOKEN and SLACK_APP_TOKEN')),
      );
      setting.exit(reportChecks(checks, openOutput(json)));
    });
  slack
    .command('manifest')
    .description('print the manifest that makes the app in one paste')
    .action(async () => {
      const { manifest } = await import('../slack/manifest.ts');
      process.stdout.write(`${JSON.stringify(manifest, null, 2)}\n`);
      setting.exit(exitCodes.done);
    });

  const discord = program.command('discord').description('set up the Discord app');
  discord
    .command('doctor')
    .description('check token, intents and commands against Discord, and say what is missing')
    .option('--json', 'one JSON document', false)
    .action(async ({ json }: Json) => {
      const { checkDiscord } = await import('../discord/doctor.ts');
      const checks = await withConfigs(setting, async ({ discord: config }) =>
        checkDiscord(config ?? notSetUp('Discord', 'DISCORD_TOKEN and DISCORD_APPLICATION_ID')),
      );
      setting.exit(reportChecks(checks, openOutput(json)));
    });
  discord
    .command('register')
    .description('register the slash commands, if they differ from what is registered')
    .option('--dry-run', 'only show the difference', false)
    .option('--json', 'one JSON document', false)
    .action(async ({ dryRun, json }: Json & { dryRun: boolean }) => {
      const { registerCommands } = await import('../discord/register.ts');
      const { changes, written } = await withConfigs(setting, async ({ discord: config }) =>
        registerCommands(
          config ?? notSetUp('Discord', 'DISCORD_TOKEN and DISCORD_APPLICATION_ID'),
          { dryRun },
        ),
      );
      const output = openOutput(json);
      output.data({ changes, written });
      if (changes.length === 0) output.line('The commands are registered as they should be.');
      for (const { name, change, fields } of changes) {
        output.line(`${name}: ${[change, ...fields].join(' ')}`);
      }
      setting.exit(dryRun && changes.length > 0 ? exitCodes.no : exitCodes.done);
    });
}

/** The configurations, with the store open as long as they are used: Slack's installations lie there. */
async function withConfigs<T>(
  { environment, variables }: Setting,
  use: (configs: PlatformConfigs) => Promise<T>,
): Promise<T> {
  const { openStorehouse } = await import('./storehouse.ts');
  const { openBotsState } = await import('./state.ts');
  const { platformConfigs } = await import('./platform-configs.ts');
  const store = await openStorehouse(environment());
  try {
    return await use(platformConfigs(variables, (await openBotsState(store)).sealed));
  } finally {
    await store.close();
  }
}

function notSetUp(platform: string, variables: string): never {
  throw new PermanentError(`${platform} is not set up: ${variables} are not set.`, {
    code: 'environment.incomplete',
    hint: `The README says how, under “Add it to ${platform}”.`,
  });
}
