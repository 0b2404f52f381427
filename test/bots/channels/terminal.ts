import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { runChat } from '../../../bots/terminal/commands/chat.ts';
import { openOutput } from '../../../bots/terminal/output.ts';
import type { ChannelDriver } from '../../conformance/channel.ts';
import type { Stage } from '../conversation/stage.ts';

/** `understudy chat`, with keys for fingers and a stream for a screen. */
export async function openTerminalDriver(stage: Stage): Promise<ChannelDriver> {
  const keys = new PassThrough();
  const screen = new PassThrough();
  let printed = '';
  screen.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  const stream = screen as unknown as NodeJS.WriteStream;
  const output = openOutput(false, { stdout: stream, stderr: stream });
  const leaving = new AbortController();
  const chat = runChat(
    { ...stage.ports, home: stage.home },
    { thread: 'test' },
    output,
    leaving.signal,
    { input: keys, output: new PassThrough().resume(), interactive: true },
  );
  const type = async (line: string) => void keys.write(`${line}\r`);
  return {
    ask: type,
    stop: async () => void keys.write('\u0003'),
    rate: (value, reason) => type(`/${value}${reason === null ? '' : ` ${reason}`}`),
    shorter: () => type('/shorter'),
    seen: () =>
      stripVTControlCharacters(printed)
        .split('\n')
        .filter((line) => line.trim() !== ''),
    async close() {
      leaving.abort();
      await chat;
    },
  };
}
