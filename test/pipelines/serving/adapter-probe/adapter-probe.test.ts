import { describe, expect, test } from 'vitest';
import { checkAdapter } from '../../../../pipelines/serving/adapter-probe/check.ts';
import { guardAdapter } from '../../../../pipelines/serving/adapter-probe/guard.ts';
import {
  adapterPrintsSchema,
  probePrompts,
  takePrints,
} from '../../../../pipelines/serving/adapter-probe/prints.ts';
import type { ChatModel } from '../../../../pipelines/serving/chat/port.ts';
import type {
  Completion,
  LanguageModel,
} from '../../../../pipelines/serving/language-model/port.ts';
import { PermanentError, TransientError } from '../../../../pipelines/stores/errors.ts';

type Voice = (prompt: string) => string;
const base: Voice = (prompt) => `As an assistant I would say this about it: ${prompt}`;
const ada: Voice = (prompt) => `Well, I have burnt enough kettles to know one thing: ${prompt}`;
const ben: Voice = (prompt) => `Short answer from the workshop floor, no frills today: ${prompt}`;

/** A server with voices by name; `unknown` is what it does with a name it does not have. */
function server(
  voices: Readonly<Record<string, Voice>>,
  unknown: Voice | 'refuse' = base,
): Pick<LanguageModel, 'complete' | 'identity'> & { readonly asked: Completion[] } {
  const asked: Completion[] = [];
  return {
    asked,
    identity: { engine: 'tgi', model: 'base', revision: 'abc', adapter: 'ada' },
    async *complete(completion) {
      asked.push(completion);
      const { adapter, messages } = completion;
      const voice = adapter == null ? base : (voices[adapter] ?? unknown);
      if (voice === 'refuse') throw new PermanentError('unknown model', { code: 'chat.refused' });
      yield { type: 'text', text: voice(messages[0]?.content ?? '') };
      const timings = { queueMs: null, inferenceMs: null, firstTextMs: 1, totalMs: 1 };
      yield { type: 'finish', reason: 'stop', usage: null, timings, endpoint: 'http://gpu' };
    },
  };
}

const recorded = adapterPrintsSchema.parse({
  version: 1,
  model: 'base',
  revision: 'abc',
  adapter: 'ada',
  takenAt: '2026-11-21T00:00:00.000Z',
  prints: probePrompts.map(ada),
});

describe('the adapter probe', () => {
  test('takes greedy prints of all prompts, of the adapter that is asked for', async () => {
    const gpu = server({ ada });
    expect(await takePrints(gpu, 'ada')).toEqual(probePrompts.map(ada));
    expect(gpu.asked).toHaveLength(probePrompts.length);
    expect(
      gpu.asked.every(({ temperature, adapter }) => temperature === 0 && adapter === 'ada'),
    ).toBe(true);
  });

  test.each([
    ['answers unknown names as the base', base, 'base'],
    ['refuses unknown names', 'refuse' as const, 'refused'],
  ])('passes the right adapter on a server that %s', async (_, unknown, bogus) => {
    const verdict = await checkAdapter(server({ ada }, unknown), recorded);
    expect(verdict).toEqual({
      passed: true,
      differs: probePrompts.length,
      matches: probePrompts.length,
      bogus,
      problem: null,
    });
  });

  test('sees an adapter that was never loaded, though the server answers 200', async () => {
    const verdict = await checkAdapter(server({}), recorded);
    expect(verdict).toMatchObject({ passed: false, differs: 0 });
    expect(verdict.problem).toContain('answers like the bare base model on 8 of 8 prompts');
  });

  test('sees an adapter that the server refuses', async () => {
    const verdict = await checkAdapter(server({}, 'refuse'), recorded);
    expect(verdict.problem).toBe('The server does not know the adapter “ada”.');
  });

  test('sees another adapter under the same name', async () => {
    const verdict = await checkAdapter(server({ ada: ben }), recorded);
    expect(verdict).toMatchObject({ passed: false, matches: 0 });
    expect(verdict.problem).toContain('speaks as recorded on only 0 of 8 prompts');
  });

  test('sees a server that gives the adapter to whoever asks for anything', async () => {
    const verdict = await checkAdapter(server({ ada }, ada), recorded);
    expect(verdict).toMatchObject({ passed: false, bogus: 'other' });
  });

  test('forgives replies that part after a while: a tie broken otherwise is no other voice', async () => {
    const tired: Voice = (prompt) => `${ada(prompt).split(' ').slice(0, 8).join(' ')} and so on`;
    expect(await checkAdapter(server({ ada: tired }), recorded)).toMatchObject({ passed: true });
  });

  test('without a record it still tells an adapter from its base', async () => {
    expect(await checkAdapter(server({ ada }), null)).toMatchObject({
      passed: true,
      matches: null,
    });
    expect(await checkAdapter(server({}), null)).toMatchObject({ passed: false });
  });

  test('passes on that the server is away, which says nothing about the adapter', async () => {
    const away = server({ ada });
    const down = new TransientError('away', { code: 'chat.down' });
    const checking = checkAdapter(
      {
        ...away,
        // biome-ignore lint/correctness/useYield: a server that is away says nothing
        async *complete() {
          throw down;
        },
      },
      recorded,
    );
    await expect(checking).rejects.toBe(down);
  });
});

describe('the adapter guard', () => {
  const model: ChatModel = {
    name: 'm',
    async *stream() {
      yield { type: 'finish', reason: 'stop', support: null };
    },
  };
  const ask = (guarded: ChatModel) =>
    Array.fromAsync(guarded.stream({ question: 'q', history: [], passages: [], idf: () => 1 }));

  test('lets nothing through from the moment the voice is wrong until it is right again', async () => {
    const findings: (string | null | Error)[] = ['wrong', new Error('away'), null];
    const guard = guardAdapter(model, async () => {
      const found = findings.shift();
      if (found instanceof Error) throw found;
      return found ?? null;
    });
    expect(await ask(guard.model)).toHaveLength(1);
    expect(await guard.look()).toBe('wrong');
    await expect(ask(guard.model)).rejects.toMatchObject({ code: 'adapter.mismatch' });
    await expect(guard.look()).rejects.toThrow('away');
    await expect(ask(guard.model)).rejects.toMatchObject({ code: 'adapter.mismatch' });
    expect(await guard.look()).toBeNull();
    expect(await ask(guard.model)).toHaveLength(1);
  });
});
