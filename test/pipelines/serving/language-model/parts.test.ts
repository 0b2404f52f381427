import { expect, test } from 'vitest';
import { partsOf } from '../../../../pipelines/serving/language-model/parts.ts';
import { collected } from '../../../conformance/fixtures.ts';

const event = (delta: object, finish_reason: string | null = null) => ({
  choices: [{ index: 0, delta, finish_reason }],
});

function about() {
  const seen = { alive: 0, elapsedMs: 0 };
  const attempt = {
    endpoint: { url: 'http://127.0.0.1:8080' },
    signal: new AbortController().signal,
    alive() {
      seen.alive += 1;
    },
  };
  const elapsedMs = () => {
    seen.elapsedMs += 10;
    return seen.elapsedMs;
  };
  return { seen, parts: { attempt, elapsedMs, reply: { response: null }, prices: undefined } };
}

async function* streamed(events: readonly unknown[], end?: Error) {
  yield* events;
  if (end) throw end;
}

test('a model that thinks aloud shows that it is at work, and says nothing', async () => {
  const { seen, parts } = about();
  const events = [
    event({ role: 'assistant', content: '' }),
    event({ reasoning_content: 'Hm.' }),
    event({ reasoning_content: 'So.' }),
    event({ content: 'Yes.' }, 'stop'),
  ];
  const all = await collected(partsOf(streamed(events), parts));
  expect(seen.alive).toBe(3);
  expect(all).toEqual([
    { type: 'text', text: 'Yes.' },
    {
      type: 'finish',
      reason: 'stop',
      usage: null,
      timings: { queueMs: null, inferenceMs: null, firstTextMs: 10, totalMs: 20 },
      endpoint: 'http://127.0.0.1:8080',
    },
  ]);
});

test('what breaks after the finish reason takes nothing from the reply', async () => {
  const { parts } = about();
  const events = [event({ content: 'Yes.' }), event({}, 'length')];
  const all = await collected(partsOf(streamed(events, new TypeError('terminated')), parts));
  expect(all.at(-1)).toMatchObject({ type: 'finish', reason: 'length', usage: null });
});

test.each([
  ['a text', 'oops'],
  ['a number', 5],
  ['a list', []],
  ['choices that are none', { choices: 'no' }],
])('%s instead of an event is a failure', async (_what, odd) => {
  const { parts } = about();
  const reading = collected(partsOf(streamed([event({ content: 'Yes.' }), odd]), parts));
  await expect(reading).rejects.toMatchObject({ name: 'TransientError', code: 'chat.failed' });
});
