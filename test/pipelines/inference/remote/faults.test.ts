import { afterEach, describe, expect, test, vi } from 'vitest';
import type { AnswerEvent } from '../../../../pipelines/inference/ask.ts';
import {
  openRemoteAnswering,
  type RemoteAnswering,
  type RemoteAnsweringSettings,
} from '../../../../pipelines/inference/remote/answering.ts';
import { manualClock } from '../../serving/endpoints/manual-clock.ts';
import { question } from '../pipeline.ts';
import {
  type Act,
  answer,
  begun,
  cut,
  done,
  lines,
  reply,
  said,
  silence,
  startScripted,
  status,
} from './scripted.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function open(
  acts: readonly Act[],
  servers = 1,
  settings: Partial<RemoteAnsweringSettings> = {},
) {
  const scripted = await startScripted(acts, servers);
  closers.push(scripted.close);
  const remote = await openRemoteAnswering({ urls: scripted.urls, ...settings });
  closers.push(remote.close);
  return { remote, asked: scripted.asked };
}

const all = (remote: RemoteAnswering) => Array.fromAsync(remote.ask(question));
const errorOf = (events: readonly { readonly type: string }[]) =>
  (events.at(-1) as Extract<AnswerEvent, { type: 'error' }>).error;
const whole = [begun, status, said('It marks.'), done];

describe('a service that fails before anything of the answer came', () => {
  const failures: readonly (readonly [string, Act])[] = [
    ['cuts the connection', cut()],
    ['sends a head and cuts the connection', cut({ type: 'alive' })],
    ['is behind a proxy that does not find it', reply(502, '<h1>Bad Gateway</h1>')],
    ['ends without a word', answer()],
    ['sends something else', answer('<p>hello</p>\n')],
    ['ends it for a reason of its own', answer({ type: 'failed', error: restarting() })],
    [
      'is full',
      reply(429, JSON.stringify({ error: { ...restarting(), code: 'inference.overloaded' } })),
    ],
  ];
  test.each(failures)('%s: the question is asked elsewhere, under the same id', async (_, act) => {
    const { remote, asked } = await open([act, answer(...whole)], 2);
    expect(await all(remote)).toEqual(whole);
    expect(asked).toHaveLength(2);
    expect(new Set(asked.map(({ id }) => id)).size).toBe(1);
    expect(new Set(asked.map(({ server }) => server)).size).toBe(2);
  });

  test('is asked once more where there is no other, and no more than that', async () => {
    const { remote, asked } = await open([cut(), cut(), answer(...whole)]);
    const events = await all(remote);
    expect(events).toHaveLength(1);
    expect(errorOf(events)).toMatchObject({ code: 'inference.down', retryable: true });
    expect(asked).toHaveLength(2);
  });

  test('and never shows a sign of life is given up in time, and another one asked', async () => {
    const { remote, asked } = await open([silence, answer(...whole)], 2, {
      timeouts: { firstMs: 100 },
    });
    expect(await all(remote)).toEqual(whole);
    expect(asked).toHaveLength(2);
  });

  test('refuses for good: nobody else is asked', async () => {
    const refusal = {
      error: { ...restarting(), kind: 'permanent', code: 'inference.misunderstood' },
    };
    const { remote, asked } = await open([reply(400, JSON.stringify(refusal))], 2);
    expect(errorOf(await all(remote))).toEqual({
      code: 'inference.misunderstood',
      message: 'About to end.',
      hint: 'Ask again.',
      retryable: false,
    });
    expect(asked).toHaveLength(1);
  });

  test('sends a page instead of an answer: the address is wrong', async () => {
    const { remote, asked } = await open([reply(200, '<h1>Welcome</h1>')], 2);
    const error = errorOf(await all(remote));
    expect(error).toMatchObject({ code: 'inference.misunderstood', retryable: false });
    expect(error.hint).toContain('INFERENCE_URL');
    expect(asked).toHaveLength(1);
  });
});

describe('a service that fails after the answer has begun', () => {
  const shown = [begun, status, said('It ')];
  const broken: readonly (readonly [string, string, Act])[] = [
    ['cuts the connection', 'inference.unfinished', cut(...shown)],
    ['ends without an end', 'inference.unfinished', answer(...shown)],
    ['stops in the middle of a line', 'inference.unfinished', answer(...shown, '{"type":"do')],
    ['sends no JSON', 'inference.unreadable', answer(...shown, 'It marks.\n', done)],
    [
      'sends an event that is none',
      'inference.unreadable',
      answer(...shown, { type: 'text' }, done),
    ],
    ['goes on after the end', 'inference.unreadable', answer(...shown, done, said('more'))],
    ['ends it for a reason of its own', 'x.restarting', answer(...shown, failed('x.restarting'))],
  ];
  test.each(broken)('%s: what came stands, and the error says so', async (_, code, act) => {
    const { remote, asked } = await open([act, answer(...whole)], 2);
    const events = await all(remote);
    expect(events.slice(0, 3)).toEqual(shown);
    expect(events).toHaveLength(4);
    expect(errorOf(events)).toMatchObject({ code, retryable: true });
    expect(asked).toHaveLength(1);
  });

  test('sends bytes that are no text', async () => {
    const act: Act = (response, request) => {
      void lines(...shown)(response, request);
      response.end(Buffer.from([0xff, 0xfe, 0x0a]));
    };
    // It may come in one piece, before anything was shown: then it is tried again.
    const { remote } = await open([act, act]);
    expect(errorOf(await all(remote))).toMatchObject({ code: 'inference.unreadable' });
  });

  test('sends a line that has no end: it is not kept forever', async () => {
    const { remote } = await open([
      (response, request) => {
        void lines(...shown)(response, request);
        const more = () => {
          while (!response.destroyed && response.write('x'.repeat(64 * 1024)));
        };
        response.on('drain', more);
        more();
      },
    ]);
    expect(errorOf(await all(remote))).toMatchObject({ code: 'inference.unreadable' });
  });

  test('cuts the connection after the end: the answer is whole', async () => {
    const { remote } = await open([cut(...whole)]);
    expect(await all(remote)).toEqual(whole);
  });

  test('falls silent: it is given up in time', async () => {
    const { remote } = await open([lines(...shown)], 1, { timeouts: { idleMs: 100 } });
    const events = await all(remote);
    expect(events).toHaveLength(4);
    expect(errorOf(events)).toMatchObject({ code: 'inference.timeout', retryable: true });
  });
});

test('signs of life keep a slow answer from being given up', async () => {
  let asks = 0;
  const clock = manualClock();
  const counting = {
    ...clock,
    now() {
      asks += 1;
      return clock.now();
    },
  };
  const { promise: response, resolve } = Promise.withResolvers<Parameters<Act>[0]>();
  const { remote } = await open(
    [
      (to, request) => {
        void lines(begun)(to, request);
        resolve(to);
      },
    ],
    1,
    { clock: counting, timeouts: { idleMs: 100 } },
  );
  const events = remote.ask(question)[Symbol.asyncIterator]();
  await events.next();
  const next = events.next();
  const to = await response;
  for (let round = 0; round < 5; round += 1) {
    const before = asks;
    to.write('{"type":"alive"}\n');
    await vi.waitFor(() => expect(asks).toBeGreaterThan(before));
    await clock.advance(80);
  }
  to.end(`${JSON.stringify(status)}\n${JSON.stringify(done)}\n`);
  expect((await next).value).toEqual(status);
  expect((await events.next()).value).toEqual(done);
});

test('an answer that never ends is given up, signs of life or not', async () => {
  const { remote } = await open([lines(begun, { type: 'alive' })], 1, {
    timeouts: { totalMs: 100 },
  });
  expect(errorOf(await all(remote))).toMatchObject({ code: 'answer.deadline', retryable: true });
});

test('connections are kept from answer to answer', async () => {
  const ports = new Set<number | undefined>();
  const act: Act = async (response, request) => {
    ports.add(request.socket.remotePort);
    await answer(...whole)(response, request);
  };
  const { remote } = await open(Array.from({ length: 5 }, () => act));
  for (let round = 0; round < 5; round += 1) {
    // As the conversation reads: it does not ask for more after the end.
    for await (const event of remote.ask(question)) if (event.type === 'done') break;
  }
  // Not five: what asked where the service is may have left a second one.
  expect(ports.size).toBeLessThan(3);
});

test('the release that answered last is the one that answers now', async () => {
  const { remote } = await open([answer({ ...begun, release: 'rel-next' }, done)]);
  expect(remote.release).toBe('rel-scripted');
  await all(remote);
  expect(remote.release).toBe('rel-next');
});

describe('opening', () => {
  test('where nobody listens says so', async () => {
    const scripted = await startScripted([]);
    await scripted.close();
    await expect(openRemoteAnswering({ urls: scripted.urls })).rejects.toMatchObject({
      name: 'TransientError',
      code: 'inference.down',
    });
  });

  test('takes any of several that answers', async () => {
    const [gone, there] = [await startScripted([]), await startScripted([])];
    closers.push(there.close);
    await gone.close();
    const remote = await openRemoteAnswering({ urls: [...gone.urls, ...there.urls] });
    closers.push(remote.close);
    expect(remote.release).toBe('rel-scripted');
    expect(remote.states()).toHaveLength(2);
  });
});

function restarting() {
  return {
    kind: 'transient',
    code: 'x.restarting',
    message: 'About to end.',
    hint: 'Ask again.',
    retryAfterMs: null,
  };
}

function failed(code: string) {
  return { type: 'failed', error: { ...restarting(), code } };
}
