import { Command } from 'commander';
import { addAdapterCommands } from './adapter-commands.ts';
import { addAskCommands } from './ask-commands.ts';
import { addBuildCommands } from './build-commands.ts';
import { addJobCommands } from './job-commands.ts';
import { addKeyCommands } from './key-commands.ts';
import { addLookCommands } from './look-commands.ts';
import { addMigrateCommand } from './migrate-command.ts';
import { addPlatformCommands } from './platform-commands.ts';
import { addRecordCommands } from './record-commands.ts';
import type { Setting } from './setting.ts';
import { addStartCommand } from './start-command.ts';

/**
 * The command line: what there is, how it is called, and nothing of how it works. Each command loads what it
 * needs when it runs, so that asking does not wait for crawlers and web servers. Help lists them in this order.
 */
export function buildProgram(setting: Setting): Command {
  const program = new Command('understudy')
    .description('An LLM twin that answers from its author’s own writing, with citations.')
    .version(setting.version)
    .showHelpAfterError('(understudy <command> --help shows how)')
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 the answer is no, 2 wrong use, 3 something outside failed.',
    );
  addStartCommand(program, setting);
  addBuildCommands(program, setting);
  addAskCommands(program, setting);
  addLookCommands(program, setting);
  addPlatformCommands(program, setting);
  addAdapterCommands(program, setting);
  addKeyCommands(program, setting);
  addJobCommands(program, setting);
  addRecordCommands(program, setting);
  addMigrateCommand(program, setting);
  return program;
}
