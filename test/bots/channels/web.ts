import { randomUUID } from 'node:crypto';
import { startPlayground } from '../../../bots/web/server.ts';
import type { ChannelDriver } from '../../conformance/channel.ts';
import type { Stage } from '../conversation/stage.ts';

/** The playground over HTTP, as its page uses it. */
export async function openWebDriver(stage: Stage): Promise<ChannelDriver> {
  const { warehouse, features } = stage.stores;
  const { conversation, knowledge } = stage.ports;
  const ports = { conversation, knowledge, warehouse, features };
  const playground = await startPlayground(ports, { port: 0, host: '127.0.0.1' });
  const thread = randomUUID();
  const shown: { text: string; trace?: string }[] = [];
  const reading = new Set<Promise<void>>();
  let leaving = new AbortController();
  let last = { question: '', thread, event: '' };

  const post = (path: string, body: unknown, signal?: AbortSignal) =>
    fetch(`${playground.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      ...(signal && { signal }),
    });

  const read = async (response: Response) => {
    const one: { text: string; trace?: string } = { text: '' };
    shown.push(one);
    let rest = '';
    for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const parts = (rest + piece).split('\n\n');
      rest = parts.pop() ?? '';
      for (const part of parts.filter((line) => line.startsWith('data: '))) {
        const event = JSON.parse(part.slice(6));
        if (event.type === 'text') one.text += event.text;
        if (event.type === 'error') one.text += event.error.message;
        if (event.words) one.text += event.words;
        if (event.type === 'done') one.trace = event.trace;
      }
    }
  };
  const send = async () => {
    leaving = new AbortController();
    const response = await post('/ask', last, leaving.signal);
    const work = read(response).catch(() => undefined);
    reading.add(work);
    void work.finally(() => reading.delete(work));
  };

  return {
    async ask(question) {
      last = { question, thread, event: randomUUID() };
      await send();
    },
    redeliver: send,
    stop: async () => leaving.abort(),
    async rate(value, reason) {
      const trace = shown.findLast((one) => one.trace !== undefined)?.trace;
      await post('/feedback', { trace, value, reason });
    },
    seen: () => shown.map(({ text }) => text).filter((text) => text !== ''),
    async close() {
      await Promise.all(reading);
      await playground.close();
    },
  };
}
