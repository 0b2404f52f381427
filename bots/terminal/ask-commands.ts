import { randomUUID } from 'node:crypto';
import { type Command, InvalidArgumentError } from 'commander';
import { localMessage } from '../conversation/local.ts';
import { replyTo } from '../conversation/stream.ts';
import { commaList } from './collection-options.ts';
import { UsageError } from './exit.ts';
import { inHouse } from './rooms.ts';
import type { Setting } from './setting.ts';

/** `understudy ask`, `search` and `chat`: one question, many from a file, passages alone, or a conversation. */
export function addAskCommands(program: Command, setting: Setting): void {
  const { signal } = setting;
  program
    .command('ask')
    .description('answer a question from the indexed writing, with citations')
    .argument('[question]', 'in quotes')
    .option('--thread <id>', 'continue an earlier thread of questions, by a name of your choice')
    .option('--batch <file>', 'answer every question of a JSON lines file instead')
    .option('--output <file>', 'where the answers of a batch go (default: <file>.answers.jsonl)')
    .option('--concurrency <n>', 'questions of a batch at once', upTo(256), 4)
    .option('--json', 'one JSON line per event, or per answer of a batch', false)
    .action((question: string | undefined, options: AskOptions) =>
      inHouse(setting, options.json, async (house, output) => {
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
      }),
    );

  program
    .command('search')
    .description('list the passages that an answer would be made of')
    .argument('<words>', 'in quotes')
    .option('--limit <n>', 'how many at most', upTo(200), 10)
    .option('--per-document <n>', 'of one document at most', upTo(200))
    .option('--source <names>', 'only of these sources', commaList)
    .option('--author <names>', 'only by these authors, by name or id', commaList)
    .option('--since <day>', 'only what was published since, 2026-01-31')
    .option('--json', 'one JSON document', false)
    .action((words: string, options: SearchOptions) =>
      inHouse(setting, options.json, async (house, output) => {
        const { runSearch } = await import('./commands/search.ts');
        const { limit, perDocument = null, source = [], author = [], since = null } = options;
        const command = { words, limit, perDocument, sources: source, authors: author, since };
        return await runSearch(house, command, output, signal);
      }),
    );

  program
    .command('chat')
    .description('ask question after question in one conversation')
    .option('--thread <id>', 'continue an earlier conversation, by a name of your choice')
    .option('--json', 'one JSON line per event', false)
    .action((options: { thread?: string; json: boolean }) =>
      inHouse(setting, options.json, async (house, output) => {
        const { runChat } = await import('./commands/chat.ts');
        const { thread = randomUUID() } = options;
        return await runChat(house, { thread }, output, signal);
      }),
    );
}

type SearchOptions = {
  readonly limit: number;
  readonly perDocument?: number;
  readonly source?: readonly string[];
  readonly author?: readonly string[];
  readonly since?: string;
  readonly json: boolean;
};

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

const upTo = (most: number) => (text: string) => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > most) {
    throw new InvalidArgumentError(`A whole number from 1 to ${most}.`);
  }
  return value;
};
