import { type Command, Option } from 'commander';
import { openOutput } from './output.ts';
import type { Setting } from './setting.ts';

/** `understudy migrate`: from one file to servers, and back. */
export function addMigrateCommand(program: Command, setting: Setting): void {
  const side = (flags: string, description: string) =>
    new Option(flags, description).choices(['sqlite', 'production']).makeOptionMandatory();
  program
    .command('migrate')
    .description('bring everything that is kept to other stores, and compare both')
    .addOption(
      side(
        '--from <stores>',
        'where it is: the SQLite file, or the servers of MONGODB_URL and QDRANT_URL',
      ),
    )
    .addOption(side('--to <stores>', 'where it goes'))
    .option('--json', 'one JSON line per event', false)
    .action(async (options: MigrateOptions) => {
      const { runMigrate } = await import('./commands/migrate.ts');
      const environment = setting.environment();
      setting.exit(
        await runMigrate(environment, options, openOutput(options.json), setting.signal),
      );
    });
}

type MigrateOptions = {
  readonly from: 'sqlite' | 'production';
  readonly to: 'sqlite' | 'production';
  readonly json: boolean;
};
