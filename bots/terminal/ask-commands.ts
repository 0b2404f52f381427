import { randomUUID } from 'node:crypto';
import { type Command, InvalidArgumentError } from 'commander';
import { localMessage } from '../conversation/local.ts';
import { replyTo } from '../conversation/stream.ts';
import { UsageError } from './exit.ts';
import { inHouse } from './rooms.ts';
import type { Setting } from './setting.ts';

/** `understudy ask` and `understudy chat`: one question, many from a file, or a conversation. */
export function addAskCommands(program: Command, setting: Setting): void {
  const { signal } = setting;
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
