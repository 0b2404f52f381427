import { randomUUID } from 'node:crypto';
import type { ChannelDriver } from '../../conformance/channel.ts';
import { openScene } from '../api/scene.ts';
import type { Stage } from '../conversation/stage.ts';

type Shown = { text: string; trace?: string };

/** The REST API as a client uses it that shows answers while they are written. */
export async function openApiDriver(stage: Stage): Promise<ChannelDriver> {
  const scene = await openScene(stage);
  const thread = randomUUID();
  // By Idempotency-Key: a request that is sent again is the same request, and shows the same answer.
  const shown = new Map<string, Shown>();
  const reading = new Set<Promise<void>>();
  let leaving = new AbortController();
  let last = { question: '', key: '' };

  const read = async (response: Response, key: string) => {
    const one: Shown = { text: '' };
    shown.set(key, one);
    if (!response.ok) {
      one.text = ((await response.json()) as { detail: string }).detail;
      return;
    }
    let rest = '';
    for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const blocks = (rest + piece).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks.filter((text) => text.startsWith('data: '))) {
        const event = JSON.parse(block.slice('data: '.length));
        if (event.type === 'text') one.text += event.text;
        if (event.type === 'error') one.text += event.error.message;
        if (event.type === 'stopped') one.text += event.words;
        if (event.type === 'done') {
          one.trace = event.trace;
          one.text += event.words ?? '';
        }
      }
    }
  };
  const send = async () => {
    const { question, key } = last;
    leaving = new AbortController();
    const work = scene
      .open('/v1/ask', {
        body: { question, thread },
        headers: { accept: 'text/event-stream', 'idempotency-key': key },
        signal: leaving.signal,
      })
      .then((response) => read(response, key))
      .catch(() => undefined);
    reading.add(work);
    void work.finally(() => reading.delete(work));
  };

  return {
    async ask(question) {
      last = { question, key: randomUUID() };
      await send();
    },
    redeliver: send,
    stop: async () => leaving.abort(),
    async rate(value, reason) {
      const trace = [...shown.values()].findLast((one) => one.trace !== undefined)?.trace;
      await scene.call('/v1/feedback', { body: { trace, value, reason } });
    },
    seen: () => [...shown.values()].map(({ text }) => text).filter((text) => text !== ''),
    async close() {
      await Promise.all(reading);
      await scene.close();
    },
  };
}
