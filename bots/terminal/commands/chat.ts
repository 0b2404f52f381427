import { randomUUID } from 'node:crypto';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { AnswerSource } from '../../../pipelines/inference/ask.ts';
import type { Channel } from '../../conversation/channel.ts';
import type { Conversation } from '../../conversation/conversation.ts';
import type { Knowledge } from '../../conversation/knowledge.ts';
import { localMessage, localPerson, localPlace } from '../../conversation/local.ts';
import type { Wish } from '../../conversation/message.ts';
import { nearest } from '../../conversation/nearest.ts';
import { styleLines } from '../../conversation/style-lines.ts';
import { type Say, stringsFor } from '../../strings/strings.ts';
import { printAnswer, printSources } from '../answer.ts';
import { type ExitCode, exitCodes } from '../exit.ts';
import type { Output } from '../output.ts';

export type ChatPorts = {
  readonly conversation: Conversation;
  readonly knowledge: Knowledge;
  readonly home: string;
};

export type ChatTerminal = {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  /** Whether a person sits there: then there is a prompt, and a history between sessions. */
  readonly interactive: boolean;
};

/** What the last answer left behind for the commands about it. */
type Last = {
  turn: string;
  trace: string;
  sources: readonly AnswerSource[];
};

const mostHistory = 500;

/** A conversation in the terminal: lines are questions, lines that begin with a slash are commands. */
export async function runChat(
  { conversation, knowledge, home }: ChatPorts,
  options: { readonly thread: string },
  output: Output,
  signal: AbortSignal,
  terminal: ChatTerminal = {
    input: process.stdin,
    output: process.stderr,
    interactive: process.stdin.isTTY === true && process.stderr.isTTY === true,
  },
): Promise<ExitCode> {
  const say = stringsFor(process.env['LANG']);
  const historyFile = join(home, 'chat_history');
  const history = terminal.interactive ? await readHistory(historyFile) : [];
  if (signal.aborted) return exitCodes.done;
  const lines = createInterface({
    input: terminal.input,
    output: terminal.output,
    terminal: terminal.interactive,
    prompt: terminal.interactive ? `${say('terminal.prompt')} › ` : '',
    history,
    historySize: mostHistory,
    removeHistoryDuplicates: true,
  });
  let thread = options.thread;
  let last: Last | undefined;
  let running: string | undefined;

  const channel: Channel = {
    platform: 'terminal',
    async deliver(delivery) {
      running = delivery.turn;
      const seen: { sources: readonly AnswerSource[] } = { sources: [] };
      const watched = async function* () {
        for await (const event of delivery.events) {
          if (event.type === 'sources') seen.sources = event.sources;
          if (event.type === 'done') {
            last = { turn: delivery.turn, trace: event.trace, sources: seen.sources };
          }
          yield event;
        }
      };
      await printAnswer(watched(), output);
      running = undefined;
    },
  };
  const again = async (wish: Wish) => {
    if (last === undefined) return output.note(say('terminal.noAnswer'));
    const request = { event: randomUUID(), turn: last.turn, person: localPerson, wish };
    await conversation.again(request, channel);
  };
  const feedback = async (value: 'up' | 'down', reason: string | null) => {
    if (last === undefined) return output.note(say('terminal.noAnswer'));
    const { trace } = last;
    const place = localPlace('terminal');
    await conversation.feedback({ trace, place, person: localPerson, value, reason });
    output.note(say(value === 'up' ? 'feedback.thanksUp' : 'feedback.thanksDown'));
  };
  const commands: Readonly<Record<string, (rest: string) => unknown>> = {
    help: () => output.line(helpOf(say)),
    sources: () =>
      last === undefined
        ? output.note(say('terminal.noAnswer'))
        : printSources(last.sources, output),
    open: (number) => {
      const source = last?.sources.find((each) => String(each.number) === number);
      if (source === undefined)
        return output.note(say('terminal.noSource', { number: Number(number) || 0 }));
      output.line(`${source.title}\n${source.link}\n\n${source.text}`);
    },
    style: async () => output.line((await styleLines(say, knowledge)).join('\n')),
    new: () => {
      thread = randomUUID();
      last = undefined;
      output.note(say('terminal.forgotten'));
    },
    shorter: () => again('shorter'),
    longer: () => again('longer'),
    again: () => again('again'),
    up: () => feedback('up', null),
    down: (reason) => feedback('down', reason || null),
    quit: () => lines.close(),
  };

  // At the end of a pipe lines may still be waiting when there is nobody left to prompt.
  let prompt = () => lines.prompt();
  lines.once('close', () => {
    prompt = () => undefined;
  });
  lines.on('SIGINT', () => {
    if (running === undefined) lines.close();
    else void conversation.stop(running, localPerson);
  });
  signal.addEventListener('abort', () => lines.close(), { once: true });
  if (terminal.interactive) output.note(say('terminal.welcome'));
  prompt();
  for await (const line of lines) {
    const text = line.trim();
    const [, name = '', rest = ''] = /^\/(\S*)\s*(.*)$/su.exec(text) ?? [];
    if (text.startsWith('/')) {
      const command = commands[name];
      if (command) await command(rest);
      else output.note(unknownCommand(say, name, Object.keys(commands)));
    } else if (text !== '') {
      if (terminal.interactive) await appendFile(historyFile, `${text}\n`, { mode: 0o600 });
      const message = localMessage('terminal', {
        question: text,
        thread,
        event: randomUUID(),
        locale: process.env['LANG'],
      });
      await conversation.hear(message, channel);
    }
    if (name === 'quit') break;
    prompt();
  }
  if (terminal.interactive) output.note(say('terminal.bye'));
  return exitCodes.done;
}

/** Newest first, as readline wants it. */
async function readHistory(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .slice(-mostHistory)
    .reverse();
}

function helpOf(say: Say): string {
  const keys = [
    'help',
    'sources',
    'open',
    'style',
    'new',
    'shorter',
    'longer',
    'again',
    'up',
    'down',
    'quit',
  ] as const;
  return [say('terminal.commands'), ...keys.map((key) => `  ${say(`terminal.${key}`)}`)].join('\n');
}

function unknownCommand(say: Say, name: string, known: readonly string[]): string {
  const close = nearest(name, known);
  return close === undefined
    ? say('command.unknownPlain', { command: `/${name}`, help: '/help' })
    : say('command.unknown', { command: `/${name}`, nearest: `/${close}` });
}
