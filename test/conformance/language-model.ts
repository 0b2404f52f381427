import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type {
  ChatMessage,
  Completion,
  CompletionPart,
  LanguageModel,
} from '../../pipelines/serving/language-model/port.ts';
import { completed, completedAs } from '../../pipelines/serving/language-model/read.ts';
import { PermanentError, TransientError } from '../../pipelines/stores/errors.ts';

export type LanguageModelAbilities = {
  /** Counts with the server's own tokenizer. */
  readonly counts: boolean;
  /** Holds a reply to a JSON Schema. */
  readonly schema: boolean;
  /** Tells what it used. */
  readonly usage: boolean;
  /** Refuses a prompt that is longer than its context, instead of cutting it. */
  readonly refusesLongPrompts: boolean;
};

const messages: readonly ChatMessage[] = [
  { role: 'system', content: 'You answer briefly.' },
  { role: 'user', content: 'What does the index cost? Grüße 👩‍🔬 索引' },
];
const asked: Completion = { messages, maxTokens: 12, temperature: 0, seed: 7 };

/** What pipelines/serving/language-model/port.ts promises, for any server behind any adapter. */
export function describeLanguageModel(
  name: string,
  open: () => Promise<{ readonly model: LanguageModel; close(): Promise<void> }>,
  abilities: LanguageModelAbilities,
): void {
  describe(`a language model on ${name}`, () => {
    let model: LanguageModel;
    let close: () => Promise<void>;
    beforeEach(async () => {
      ({ model, close } = await open());
    });
    afterEach(async () => {
      await model.close();
      await close();
    });
    const running = () => model.states().reduce((sum, state) => sum + state.running, 0);
    const parts = async (completion: Completion, signal?: AbortSignal) => {
      const all: CompletionPart[] = [];
      for await (const part of model.complete(completion, signal)) all.push(part);
      return all;
    };

    test('says what it is and how much it takes', () => {
      expect(model.identity.model).not.toBe('');
      expect(model.contextTokens).toBeGreaterThan(0);
    });

    test('streams text in parts, of whole characters, and one finish, last', async () => {
      const all = await parts(asked);
      const finish = all.at(-1);
      expect(all.length).toBeGreaterThan(2);
      expect(all.slice(0, -1).every((part) => part.type === 'text' && part.text !== '')).toBe(true);
      for (const part of all) if (part.type === 'text') expect(part.text.isWellFormed()).toBe(true);
      expect(finish).toMatchObject({ type: 'finish', endpoint: model.states()[0]?.url });
      if (finish?.type !== 'finish') return;
      expect(finish.timings.firstTextMs).toBeGreaterThan(0);
      expect(finish.timings.totalMs).toBeGreaterThanOrEqual(finish.timings.firstTextMs);
      expect(running()).toBe(0);
    });

    test('stops where the tokens it may write end, and says so', async () => {
      const { reason, usage } = await completed(model, { ...asked, maxTokens: 3 });
      expect(reason).toBe('length');
      if (abilities.usage) expect(usage?.completionTokens).toBeLessThanOrEqual(3);
    });

    test.runIf(abilities.usage)(
      'tells the tokens it took, without a price for no price',
      async () => {
        const { usage } = await completed(model, asked);
        expect(usage?.promptTokens).toBeGreaterThan(10);
        expect(usage?.completionTokens).toBeGreaterThan(0);
        expect(usage?.costUsd).toBeNull();
      },
    );

    test('greedily says the same to the same', async () => {
      const [first, second] = await Promise.all([completed(model, asked), completed(model, asked)]);
      expect(second.text).toBe(first.text);
      expect(first.text).not.toBe('');
    });

    test('takes every option that a completion has', async () => {
      const everything = { temperature: 0.7, topP: 1, stop: ['\n\n\n', '###'], seed: 1 };
      const options = { adapter: null, affinity: 'prompt-1' };
      for (const topP of [1, 0.9]) {
        const reply = await completed(model, { ...asked, ...everything, ...options, topP });
        expect(['stop', 'length']).toContain(reply.reason);
      }
    });

    test('answers several at once, each with its own', async () => {
      const prompts = Array.from({ length: 8 }, (_, at) => `Question number ${at}: why?`);
      const ask = (content: string) =>
        completed(model, { ...asked, messages: [{ role: 'user', content }] });
      const together = await Promise.all(prompts.map(ask));
      const alone = await ask(prompts[3] as string);
      expect(together[3]?.text).toBe(alone.text);
      expect(running()).toBe(0);
    });

    test('ends at once with the signal’s reason when that is aborted', async () => {
      const controller = new AbortController();
      const reason = new Error('no longer needed');
      const seen: CompletionPart[] = [];
      const reading = (async () => {
        for await (const part of model.complete({ ...asked, maxTokens: 64 }, controller.signal)) {
          seen.push(part);
          controller.abort(reason);
        }
      })();
      await expect(reading).rejects.toBe(reason);
      expect(seen).toHaveLength(1);
      expect(running()).toBe(0);
    });

    test('does not begin when the signal is aborted already', async () => {
      const reason = new Error('too late');
      await expect(parts(asked, AbortSignal.abort(reason))).rejects.toBe(reason);
    });

    test('can be left in the middle, and answers the next one', async () => {
      for await (const part of model.complete(asked)) if (part.type === 'text') break;
      expect(running()).toBe(0);
      expect((await completed(model, asked)).text).not.toBe('');
    });

    test('counts tokens: exactly where the server can, else rather too many', async () => {
      const short = await model.countTokens(messages);
      const long = await model.countTokens([
        ...messages,
        { role: 'assistant', content: 'It costs what a cache costs, more or less.' },
      ]);
      expect(short.exact).toBe(abilities.counts);
      expect(long.tokens).toBeGreaterThan(short.tokens);
      if (!abilities.usage || !abilities.counts) return;
      const { usage } = await completed(model, { ...asked, messages });
      expect(Math.abs(short.tokens - (usage?.promptTokens ?? 0))).toBeLessThanOrEqual(2);
    });

    test.runIf(abilities.schema)('holds a reply to a shape', async () => {
      const shape = z.object({ about: z.enum(['index', 'cache']), old: z.boolean() });
      const completion = { messages, maxTokens: 200 };
      const { value } = await completedAs(model, { ...completion, name: 'topic', shape });
      expect(['index', 'cache']).toContain(value.about);
      expect(typeof value.old).toBe('boolean');
    });

    test.runIf(abilities.refusesLongPrompts)(
      'a prompt that is too long is a permanent failure of its own',
      async () => {
        const content = 'word '.repeat(model.contextTokens * 2);
        const reply = parts({ ...asked, messages: [{ role: 'user', content }] });
        await expect(reply).rejects.toBeInstanceOf(PermanentError);
        await expect(reply).rejects.toMatchObject({ code: 'chat.too-large' });
        expect(model.states()[0]).toMatchObject({ breaker: 'closed', running: 0 });
      },
    );

    test('asks nothing more once it is closed', async () => {
      await model.close();
      const reply = parts(asked);
      await expect(reply).rejects.toBeInstanceOf(TransientError);
      await expect(reply).rejects.toMatchObject({ code: 'chat.closed' });
    });
  });
}
