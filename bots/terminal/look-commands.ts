import type { Command } from 'commander';
import { openOutput } from './output.ts';
import { inStorehouse } from './rooms.ts';
import type { Setting } from './setting.ts';

/** `understudy sources`, `status` and `doctor`: what there is and whether it is well; nothing is changed. */
export function addLookCommands(program: Command, setting: Setting): void {
  const readings = [
    ['sources', 'list what the twin was built from', () => import('./commands/sources.ts')],
    ['status', 'count documents, passages, jobs and answers', () => import('./commands/status.ts')],
  ] as const;
  for (const [name, description, load] of readings) {
    program
      .command(name)
      .description(description)
      .option('--json', 'one JSON document', false)
      .action((options: { json: boolean }) =>
        inStorehouse(
          setting,
          options.json,
          async (house, output) => await (await load()).run(house, output),
        ),
      );
  }

  program
    .command('doctor')
    .description('look for what is wrong and say what to do')
    .option('--json', 'one JSON document', false)
    .action(async (options: { json: boolean }) => {
      const { runDoctor } = await import('./commands/doctor.ts');
      setting.exit(await runDoctor(setting.environment, openOutput(options.json)));
    });
}
