import { describe, expect, test } from 'vitest';
import { withFallback } from '../../../../pipelines/inference/generate/fallback.ts';
import { extractiveModel } from '../../../../pipelines/serving/chat/extractive/model.ts';
import type { ChatModel, ChatPart } from '../../../../pipelines/serving/chat/port.ts';
import { PermanentError, TransientError } from '../../../../pipelines/stores/errors.ts';
import { drawn, request } from './model.ts';

const text = (words: string, ...citations: number[]): ChatPart => ({
  type: 'text',
  text: words,
  citations,
});
const finish: ChatPart = { type: 'finish', reason: 'stop', support: 0.9 };

type Told = ChatModel & { readonly stopped: () => boolean };

function telling(...parts: readonly (ChatPart | Error | 'hang')[]): Told {
  let stopped = false;
  return {
    name: 'primary',
    stopped: () => stopped,
    async *stream(_, signal) {
      signal?.addEventListener('abort', () => {
        stopped = true;
      });
      for (const part of parts) {
        if (part instanceof Error) throw part;
        if (part === 'hang') {
          await new Promise((_, reject) => {
            signal?.addEventListener('abort', () => reject(signal.reason));
          });
        } else yield part;
      }
    },
  };
}

const transient = (code: string) => new TransientError('No', { code });
const ask = (
  primary: ChatModel,
  extractive: ChatModel = telling(text('Quoted.', 2), finish),
  firstTextMs = 60_000,
) => Array.fromAsync(withFallback(primary, extractive, { firstTextMs }).stream(request()));

describe('a model with another to stand in', () => {
  test('answers itself while it can', async () => {
    const parts = [text('Mine.', 1), finish];
    expect(await ask(telling(...parts))).toEqual(parts);
  });

  test.each([
    [transient('chat.busy'), 'busy'],
    [transient('chat.overloaded'), 'busy'],
    [transient('chat.down'), 'down'],
    [transient('chat.timeout'), 'late'],
    [transient('chat.empty'), 'invalid'],
    [new PermanentError('No', { code: 'chat.context' }), 'invalid'],
    [new PermanentError('No', { code: 'chat.refused' }), 'invalid'],
  ] as const)('that fails before it said anything (%s) is replaced', async (failure, reason) => {
    expect(await ask(telling(failure))).toEqual([
      { type: 'fallback', reason, code: failure.code },
      text('Quoted.', 2),
      finish,
    ]);
  });

  test('that ends without finishing failed', async () => {
    expect((await ask(telling()))[0]).toEqual({
      type: 'fallback',
      reason: 'down',
      code: 'answer.unfinished',
    });
  });

  test('that says nothing in time is left, and its stream closed', async () => {
    const primary = telling('hang');
    const [first, second] = await ask(primary, undefined, 5);
    expect(first).toMatchObject({ type: 'fallback', reason: 'late' });
    expect(second).toEqual(text('Quoted.', 2));
    expect(primary.stopped()).toBe(true);
  });

  test('has as long as it wants once it has begun', async () => {
    const gate = Promise.withResolvers<void>();
    const primary: ChatModel = {
      name: 'slow',
      async *stream() {
        yield text('Begun');
        await gate.promise;
        yield finish;
      },
    };
    const stream = withFallback(primary, telling(), { firstTextMs: 1 }).stream(request());
    const parts: ChatPart[] = [];
    for await (const part of stream) {
      parts.push(part);
      // Longer than it had for its first words.
      if (part.type === 'text') setTimeout(gate.resolve, 5);
    }
    expect(parts).toEqual([text('Begun'), finish]);
  });

  test('passes on that the stand-in has no answer either', async () => {
    const none: ChatPart = { type: 'finish', reason: 'unsupported', support: 0.1 };
    expect((await ask(telling(transient('chat.down')), telling(none))).at(-1)).toEqual(none);
  });

  test('fails where both do', async () => {
    const both = ask(telling(transient('chat.down')), telling(transient('other.down')));
    await expect(both).rejects.toMatchObject({ code: 'other.down' });
  });
});

describe('an answer that breaks off', () => {
  test('is followed by what the quotations add, beginning a paragraph', async () => {
    const primary = telling(
      text('The sweep removes tombstones after thirty days', 1),
      transient('chat.unfinished'),
    );
    const quotes = telling(
      text('The sweep removes tombstones after thirty days.', 1),
      text(' Every night it compares revisions.', 2),
      text(' Then leftovers go.', 2),
      finish,
    );
    expect(await ask(primary, quotes)).toEqual([
      text('The sweep removes tombstones after thirty days', 1),
      { type: 'fallback', reason: 'cut', code: 'chat.unfinished' },
      text('\n\nEvery night it compares revisions.', 2),
      text(' Then leftovers go.', 2),
      finish,
    ]);
  });

  test('is no abstention where the quotations have nothing', async () => {
    const primary = telling(text('It stays'), transient('chat.unfinished'));
    const end = { type: 'finish', reason: 'unsupported', support: 0.1 } as const;
    expect((await ask(primary, telling(end))).at(-1)).toEqual({ ...end, reason: 'stop' });
  });

  test.each([
    ['```js\nlet a', '\n```'],
    ['> ~~~~\n> x', '\n> ~~~~'],
    ['1. a\n   ```\n   x\n', '   ```'],
    ['```\nx\n```\nand `y', ''],
  ])('within code has it closed: %j', async (said, closing) => {
    const parts = await ask(telling(text(said), transient('chat.unfinished')));
    const shown = parts.slice(
      1,
      parts.findIndex(({ type }) => type === 'fallback'),
    );
    expect(drawn(shown)).toBe(closing);
  });

  test('goes on with the extractive answerer’s own quotations', async () => {
    const parts = await ask(telling(text('Well, '), transient('chat.down')), extractiveModel());
    expect(drawn(parts)).toContain('thirty days');
    expect(parts.at(-1)).toMatchObject({ type: 'finish', reason: 'stop' });
  });
});

describe('an abort', () => {
  test.each([
    ['before anything was said', telling('hang')],
    ['in the middle', telling(text('It'), 'hang')],
  ])('%s is nobody’s failure', async (_, primary) => {
    const stop = new AbortController();
    const parts: ChatPart[] = [];
    const run = async () => {
      const stream = withFallback(primary, telling(text('Never'), finish)).stream(
        request(),
        stop.signal,
      );
      const reading = (async () => {
        for await (const part of stream) parts.push(part);
      })();
      await new Promise((resolve) => setImmediate(resolve));
      stop.abort(new Error('stopped'));
      await reading;
    };
    await expect(run()).rejects.toThrow('stopped');
    expect(parts.some(({ type }) => type === 'fallback')).toBe(false);
  });

  test('of the reader closes the stream', async () => {
    const primary = telling(text('One'), 'hang');
    for await (const _ of withFallback(primary, telling()).stream(request())) break;
    expect(primary.stopped()).toBe(true);
  });
});
