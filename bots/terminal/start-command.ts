import { type Command, InvalidArgumentError } from 'commander';
import { allowPrivate, author, type CollectionOptions, collection } from './collection-options.ts';
import { inHouse } from './rooms.ts';
import type { Setting } from './setting.ts';

/** `understudy start`: all of it in one process. */
export function addStartCommand(program: Command, setting: Setting): void {
  program
    .command('start')
    .description('collect, index, answer a sample question and serve the playground')
    .argument(
      '[links...]',
      'folders, feeds or pages (default: what was collected before, or the handbook)',
    )
    .option('--port <port>', 'port of the playground on 127.0.0.1; 0 takes a free one', port)
    .option('--no-open', 'do not open a browser')
    .option('--watch', 'index changes while running', false)
    .addOption(allowPrivate())
    .addOption(author())
    .option('--json', 'one JSON line per event', false)
    .action((links: string[], options: StartOptions) =>
      inHouse(setting, options.json, async (house, output) => {
        const { runStart } = await import('./commands/start.ts');
        const { openLog } = await import('../../monitoring/log.ts');
        const environment = setting.environment();
        const start = {
          ...collection(options, environment),
          port: options.port ?? environment.port,
          open: options.open && process.stdout.isTTY === true && process.env['CI'] === undefined,
          watch: options.watch,
          variables: setting.variables,
          log: openLog({ level: environment.logLevel, name: 'bots' }),
        };
        return await runStart(house, links, start, output, setting.signal);
      }),
    );
}

type StartOptions = CollectionOptions & {
  readonly port?: number;
  readonly open: boolean;
  readonly watch: boolean;
};

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535) {
    throw new InvalidArgumentError('A port is a whole number from 0 to 65535.');
  }
  return value;
}
