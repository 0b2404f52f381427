import { type Command, InvalidArgumentError } from 'commander';
import { type ApiKeys, apiScopes } from '../state/port.ts';
import type { ExitCode } from './exit.ts';
import { type Output, openOutput } from './output.ts';
import type { Setting } from './setting.ts';

type Json = { readonly json: boolean };

/** `understudy keys …`: who may use the API. */
export function addKeyCommands(program: Command, setting: Setting): void {
  const withKeys = async (
    json: boolean,
    run: (keys: ApiKeys, output: Output) => Promise<ExitCode>,
  ): Promise<void> => {
    const { openStorehouse } = await import('./storehouse.ts');
    const { openBotsState } = await import('./state.ts');
    const store = await openStorehouse(setting.environment());
    try {
      setting.exit(await run((await openBotsState(store)).keys, openOutput(json)));
    } finally {
      await store.close();
    }
  };

  const keys = program.command('keys').description('make and revoke keys of the API');
  keys
    .command('create')
    .description('make a key and print it, this once')
    .argument('<name>', 'whose it is: access rules know the bearer as key:<name>')
    .option('--scope <scopes>', `what it may do, of ${apiScopes.join(', ')}`, several, ['ask'])
    .option('--source <names>', 'what it may see at most: sources', several)
    .option('--author <ids>', 'what it may see at most: author ids', several)
    .option('--since <day>', 'what it may see at most: what was published since, 2026-01-31')
    .option('--days <n>', 'how long it opens', days)
    .option('--json', 'one JSON document', false)
    .action((name: string, options: CreateOptions) =>
      withKeys(options.json, async (store, output) => {
        const { runKeysCreate } = await import('./commands/keys.ts');
        const { scope: scopes, source: sources, author: authors, since, days: open } = options;
        const wanted = {
          name,
          scopes,
          ...(sources && { sources }),
          ...(authors && { authors }),
          ...(since !== undefined && { since }),
          ...(open !== undefined && { days: open }),
        };
        return await runKeysCreate(store, wanted, output, new Date());
      }),
    );
  keys
    .command('list')
    .description('list the keys, without their secrets')
    .option('--json', 'one JSON document', false)
    .action(({ json }: Json) =>
      withKeys(json, async (store, output) => {
        const { runKeysList } = await import('./commands/keys.ts');
        return await runKeysList(store, output, new Date());
      }),
    );
  keys
    .command('revoke')
    .description('close a key for good')
    .argument('<name>', 'the key’s name')
    .option('--json', 'one JSON document', false)
    .action((name: string, { json }: Json) =>
      withKeys(json, async (store, output) => {
        const { runKeysRevoke } = await import('./commands/keys.ts');
        return await runKeysRevoke(store, name, output, new Date());
      }),
    );
}

type CreateOptions = Json & {
  readonly scope: readonly string[];
  readonly source?: readonly string[];
  readonly author?: readonly string[];
  readonly since?: string;
  readonly days?: number;
};

const several = (text: string): readonly string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

function days(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 3_650) {
    throw new InvalidArgumentError('A number of days from 1 to 3650.');
  }
  return value;
}
