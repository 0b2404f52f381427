import type { Command } from 'commander';
import type { Environment } from '../../pipelines/environment.ts';
import { allowPrivate, author, type CollectionOptions, collection } from './collection-options.ts';
import { inStorehouse } from './rooms.ts';
import type { Setting } from './setting.ts';

/** `understudy collect` and `understudy features`: what a twin is built from, and by which commands. */
export function addBuildCommands(program: Command, setting: Setting): void {
  const { signal } = setting;
  program
    .command('collect')
    .description('read folders, feeds and pages into the warehouse')
    .argument('[links...]', 'what to collect (default: everything collected before)')
    .option('--watch', 'keep running and take in changes', false)
    .addOption(allowPrivate())
    .addOption(author())
    .option('--json', 'one JSON line per event', false)
    .action((links: string[], options: CollectionOptions & { watch: boolean }) =>
      inStorehouse(setting, options.json, async (house, output) => {
        const { runCollect } = await import('./commands/collect.ts');
        const settings = { ...collection(options, setting.environment()), watch: options.watch };
        return await runCollect(house, links, settings, output, signal);
      }),
    );

  program
    .command('features')
    .description('clean, chunk and index what the warehouse holds')
    .option('--rebuild', 'build a new set beside the current one and switch to it', false)
    .option('--rollback', 'switch back to the set before', false)
    .option('--yes', 'do not ask whether the price of headers is right', false)
    .option('--json', 'one JSON line per event', false)
    .action((options: { rebuild: boolean; rollback: boolean; yes: boolean; json: boolean }) =>
      inStorehouse(setting, options.json, async (house, output) => {
        const { runFeatures } = await import('./commands/features.ts');
        const { openServers } = await import('./servers.ts');
        const servers = await openServers(needed(setting.environment()), house);
        try {
          return await runFeatures({ ...house, ...servers }, options, output, signal);
        } finally {
          await servers.close();
        }
      }),
    );
}

/** Indexing needs the chat model only where it writes headers, and never the reranker. */
const needed = (environment: Environment): Environment => ({
  ...environment,
  llm: environment.headers ? environment.llm : null,
  rerank: null,
});
