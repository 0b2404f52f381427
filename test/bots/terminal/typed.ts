import { stripVTControlCharacters } from 'node:util';
import { Command, CommanderError } from 'commander';
import { vi } from 'vitest';
import { exitCodes, explain } from '../../../bots/terminal/exit.ts';
import type { Setting } from '../../../bots/terminal/setting.ts';
import { readEnvironment } from '../../../pipelines/environment.ts';
import type { Ended } from './command.ts';

/**
 * Runs commands as they are typed, in this process: many times faster than one of their own, of which a busy machine
 * starts few. What a process adds to it, `command` shows.
 */
export async function typed(
  add: (program: Command, setting: Setting) => void,
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<Ended> {
  const text = { stdout: '', stderr: '' };
  const listen = (name: 'stdout' | 'stderr') =>
    vi.spyOn(process[name], 'write').mockImplementation((said) => {
      text[name] += stripVTControlCharacters(String(said));
      return true;
    });
  const spies = [listen('stdout'), listen('stderr')];
  let code: number | null = null;
  const program = new Command();
  add(program, {
    environment: () => readEnvironment(variables),
    bots: () => ({}),
    variables,
    signal: new AbortController().signal,
    version: '0',
    exit: (given) => {
      code = given;
    },
  });
  const override = (each: Command): void => {
    each.exitOverride();
    for (const below of each.commands) override(below);
  };
  override(program);
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) {
      code = exitCodes.usage;
    } else {
      const { exitCode, message } = explain(error);
      code = exitCode;
      text.stderr += message;
    }
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  const lines = () => text.stdout.split('\n').filter((line) => line !== '');
  return { code, ...text, events: () => lines().map((line) => JSON.parse(line)) };
}
