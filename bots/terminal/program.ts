import { randomUUID } from 'node:crypto';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Environment } from '../../pipelines/environment.ts';
import { localMessage } from '../conversation/local.ts';
import { replyTo } from '../conversation/stream.ts';
import { addAdapterCommands } from './adapter-commands.ts';
import { type ExitCode, UsageError } from './exit.ts';
import type { House } from './house.ts';
import { addKeyCommands } from './key-commands.ts';
import { type Output, openOutput } from './output.ts';
import { addPlatformCommands } from './platform-commands.ts';
import type { Setting } from './setting.ts';
import type { Storehouse } from './storehouse.ts';

/**
 * The command line: what there is, how it is called, and nothing of how it works. Each command loads what it
 * needs when it runs, so that asking does not wait for crawlers and web servers.
 */
export function buildProgram(setting: Setting): Command {
  const { signal } = setting;
  const program = new Command('understudy')
    .description('An LLM twin that answers from its author’s own writing, with citations.')
    .version(setting.version)
    .showHelpAfterError('(understudy <command> --help shows how)')
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 the answer is no, 2 wrong use, 3 something outside failed.',
    );

  /** Opens what is kept, runs the command, and closes it whatever happened. Model servers may be away. */
  const inStorehouse =
    (json: boolean, run: (house: Storehouse, output: Output) => Promise<ExitCode>) =>
    async (): Promise<void> => {
      const { openStorehouse } = await import('./storehouse.ts');
      const house = await openStorehouse(setting.environment().home);
      try {
        setting.exit(await run(house, openOutput(json)));
      } finally {
        await house.close();
      }
    };

  /** The same with all that answering takes. */
  const inHouse =
    (json: boolean, run: (house: House, output: Output) => Promise<ExitCode>) =>
    async (): Promise<void> => {
      const { openHouse } = await import('./house.ts');
      const house = await openHouse(setting.environment(), setting.bots());
      try {
        setting.exit(await run(house, openOutput(json)));
      } finally {
        await house.close();
      }
    };

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
    .option('--author <name>', 'author of writing that names none')
    .option('--json', 'one JSON line per event', false)
    .action((links: string[], options: Shared & { port?: number; open: boolean; watch: boolean }) =>
      inHouse(options.json, async (house, output) => {
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
        return await runStart(house, links, start, output, signal);
      })(),
    );

  program
    .command('collect')
    .description('read folders, feeds and pages into the warehouse')
    .argument('[links...]', 'what to collect (default: everything collected before)')
    .option('--watch', 'keep running and take in changes', false)
    .addOption(allowPrivate())
    .option('--author <name>', 'author of writing that names none')
    .option('--json', 'one JSON line per event', false)
    .action((links: string[], options: Shared & { watch: boolean }) =>
      inStorehouse(options.json, async (house, output) => {
        const { runCollect } = await import('./commands/collect.ts');
        const settings = { ...collection(options, setting.environment()), watch: options.watch };
        return await runCollect(house, links, settings, output, signal);
      })(),
    );

  program
    .command('features')
    .description('clean, chunk and index what the warehouse holds')
    .option('--rebuild', 'build a new set beside the current one and switch to it', false)
    .option('--rollback', 'switch back to the set before', false)
    .option('--yes', 'do not ask whether the price of headers is right', false)
    .option('--json', 'one JSON line per event', false)
    .action((options: { rebuild: boolean; rollback: boolean; yes: boolean; json: boolean }) =>
      inStorehouse(options.json, async (house, output) => {
        const { runFeatures } = await import('./commands/features.ts');
        const { openServers } = await import('./servers.ts');
        const servers = await openServers(needed(setting.environment()), house);
        try {
          return await runFeatures({ ...house, ...servers }, options, output, signal);
        } finally {
          await servers.close();
        }
      })(),
    );

  program
    .command('ask')
    .description('answer a question from the indexed writing, with citations')
    .argument('[question]', 'in quotes')
    .option('--thread <id>', 'continue an earlier thread of questions, by a name of your choice')
    .option('--batch <file>', 'answer every question of a JSON lines file instead')
    .option('--output <file>', 'where the answers of a batch go (default: <file>.answers.jsonl)')
    .option('--concurrency <n>', 'questions of a batch at once', atOnce, 4)
    .option('--json', 'one JSON line per event, or per answer of a batch', false)
    .action((question: string | undefined, options: AskOptions) =>
      inHouse(options.json, async (house, output) => {
        if (options.batch !== undefined) {
          const { runBatch } = await import('./commands/batch.ts');
          const { batch: questions, output: to = answersBeside(questions), concurrency } = options;
          return await runBatch(house, { questions, output: to, concurrency }, output, signal);
        }
        if (question === undefined) {
          throw new UsageError('There is no question.', 'understudy ask "…", or --batch <file>');
        }
        const { printAnswer } = await import('./answer.ts');
        const { thread = randomUUID() } = options;
        const message = localMessage('terminal', {
          question,
          thread,
          event: randomUUID(),
          locale: process.env['LANG'],
        });
        return await printAnswer(replyTo(house.conversation, message, signal), output);
      })(),
    );

  program
    .command('chat')
    .description('ask question after question in one conversation')
    .option('--thread <id>', 'continue an earlier conversation, by a name of your choice')
    .option('--json', 'one JSON line per event', false)
    .action((options: { thread?: string; json: boolean }) =>
      inHouse(options.json, async (house, output) => {
        const { runChat } = await import('./commands/chat.ts');
        const { thread = randomUUID() } = options;
        return await runChat(house, { thread }, output, signal);
      })(),
    );

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
          options.json,
          async (house, output) => await (await load()).run(house, output),
        )(),
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

  addPlatformCommands(program, setting);
  addAdapterCommands(program, setting);
  addKeyCommands(program, setting);

  program
    .command('export')
    .description('write everything that is kept as JSON lines into a folder')
    .argument('<folder>', 'must not exist yet, or be empty')
    .option('--json', 'one JSON document', false)
    .action((folder: string, options: { json: boolean }) =>
      inStorehouse(options.json, async (house, output) => {
        const { runExport } = await import('./commands/export.ts');
        return await runExport(house, folder, output, new Date());
      })(),
    );

  program
    .command('forget')
    .description('remove a document, or all writing of an author, for good')
    .argument('<document|author>', 'document id, link or path; author id or name')
    .option('--yes', 'do not ask', false)
    .option('--allow-again', 'instead, let something forgotten be collected again', false)
    .option('--json', 'one JSON document', false)
    .action((name: string, options: { yes: boolean; allowAgain: boolean; json: boolean }) =>
      inStorehouse(options.json, async (house, output) => {
        const { runForget } = await import('./commands/forget.ts');
        return await runForget(house, name, options, output);
      })(),
    );

  return program;
}

/** Indexing needs the chat model only where it writes headers, and never the reranker. */
const needed = (environment: Environment): Environment => ({
  ...environment,
  llm: environment.headers ? environment.llm : null,
  rerank: null,
});

type AskOptions = {
  readonly thread?: string;
  readonly batch?: string;
  readonly output?: string;
  readonly concurrency: number;
  readonly json: boolean;
};

/** `questions.jsonl` is answered in `questions.answers.jsonl`. */
const answersBeside = (questions: string): string =>
  `${questions.replace(/\.jsonl?$/u, '')}.answers.jsonl`;

function atOnce(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 256) {
    throw new InvalidArgumentError('A number of questions from 1 to 256.');
  }
  return value;
}

type Shared = {
  readonly allowPrivate?: readonly string[];
  readonly author?: string;
  readonly json: boolean;
};

/** Options win over the environment; private hosts add up. */
function collection(options: Shared, environment: Environment) {
  return {
    allowPrivate: [...environment.allowPrivate, ...(options.allowPrivate ?? [])],
    author: options.author ?? environment.author,
  };
}

function allowPrivate(): Option {
  return new Option(
    '--allow-private <hosts>',
    'hosts or CIDRs that may be fetched although not public',
  ).argParser(commaList);
}

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535) {
    throw new InvalidArgumentError('A port is a whole number from 0 to 65535.');
  }
  return value;
}

function commaList(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...text.split(',').filter((part) => part.trim() !== '')];
}
