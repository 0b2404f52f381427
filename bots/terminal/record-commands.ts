import type { Command } from 'commander';
import { inStorehouse } from './rooms.ts';
import type { Setting } from './setting.ts';

/** `understudy export` and `understudy forget`: whose writing it is decides where it goes, and whether it stays. */
export function addRecordCommands(program: Command, setting: Setting): void {
  program
    .command('export')
    .description('write everything that is kept as JSON lines into a folder')
    .argument('<folder>', 'must not exist yet, or be empty')
    .option('--json', 'one JSON document', false)
    .action((folder: string, options: { json: boolean }) =>
      inStorehouse(setting, options.json, async (house, output) => {
        const { runExport } = await import('./commands/export.ts');
        return await runExport(house, folder, output, new Date());
      }),
    );

  program
    .command('forget')
    .description('remove a document, or all writing of an author, for good')
    .argument('<document|author>', 'document id, link or path; author id or name')
    .option('--yes', 'do not ask', false)
    .option('--allow-again', 'instead, let something forgotten be collected again', false)
    .option('--json', 'one JSON document', false)
    .action((name: string, options: { yes: boolean; allowAgain: boolean; json: boolean }) =>
      inStorehouse(setting, options.json, async (house, output) => {
        const { runForget } = await import('./commands/forget.ts');
        return await runForget(house, name, options, output);
      }),
    );
}
