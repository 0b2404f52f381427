import { afterEach, describe, expect, test } from 'vitest';
import { withFallback } from '../../../../pipelines/inference/generate/fallback.ts';
import { groundedModel } from '../../../../pipelines/inference/generate/grounded.ts';
import { extractiveModel } from '../../../../pipelines/serving/chat/extractive/model.ts';
import type { ChatPart } from '../../../../pipelines/serving/chat/port.ts';
import { openLanguageModel } from '../../../../pipelines/serving/language-model/open.ts';
import { type Fault, startTgi, type TgiOptions } from '../../../servers/tgi/server.ts';
import { drawn, passage, request, settings } from './model.ts';

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function served(options: TgiOptions = {}) {
  const server = await startTgi(options);
  open.push(server.close);
  const model = await openLanguageModel({
    endpoints: [{ url: server.url }],
    limits: { attempts: 1, idleMs: 2_000, firstMs: 2_000 },
  });
  open.push(model.close);
  return { server, grounded: groundedModel({ model, settings }) };
}

describe('answers from a text-generation server', () => {
  test('are cited from the passages, and counted', async () => {
    const { server, grounded } = await served();
    const parts = await Array.fromAsync(grounded.stream(request()));
    expect(drawn(parts)).toBe(
      'A tombstone marks a deleted document.⟨1⟩ Every night the sweep compares revisions and deletes leftovers.⟨2⟩',
    );
    const end = parts.at(-1);
    expect(end).toMatchObject({
      reason: 'stop',
      support: 1,
      generation: { endpoint: server.url, packed: [1, 2], refusedCitations: 0 },
    });
    const generation = end?.type === 'finish' ? end.generation : undefined;
    expect(generation?.usage?.completionTokens).toBeGreaterThan(10);
    // The estimate that spared the count was on the long side.
    expect(generation?.counted.tokens).toBeGreaterThanOrEqual(generation?.usage?.promptTokens ?? 0);
    expect(server.violations).toEqual([]);
  });

  test.each([
    { kind: 'packets', bytes: 3 },
    { kind: 'comments' },
    { kind: 'crlf' },
    { kind: 'one-packet' },
  ] satisfies Fault[])('read the same however they travel: $kind', async (fault) => {
    const reply = () => 'Größe – 日本 [1]. Unbekannt [9]. Siehe [hier](http://evil.example) [2].';
    const { server, grounded } = await served({ reply });
    server.misbehave(fault);
    const parts = await Array.fromAsync(grounded.stream(request()));
    expect(drawn(parts)).toBe('Größe – 日本.⟨1⟩ Unbekannt. Siehe hier.⟨2⟩');
  });

  test('fit a context that is too small for all passages, by the server’s own count', async () => {
    const { server, grounded } = await served({ maxTotalTokens: 1_200 });
    const passages = [1, 2, 3, 4].map((number) =>
      passage(number, `The sweep deletes the tombstone, ${'and so on, '.repeat(60)}${number}.`),
    );
    const end = (await Array.fromAsync(grounded.stream(request({ passages })))).at(-1);
    const generation = end?.type === 'finish' ? end.generation : undefined;
    expect(generation?.counted.exact).toBe(true);
    expect(generation?.packed.length).toBeLessThan(4);
    expect(generation?.packed[0]).toBe(1);
    expect(generation?.usage?.promptTokens).toBeLessThanOrEqual(1_200 - 400);
    expect(server.chats).toHaveLength(1);
  });

  test('are none where the model says so', async () => {
    const { grounded } = await served({ reply: () => 'NO_ANSWER' });
    const parts = await Array.fromAsync(grounded.stream(request()));
    expect(parts).toMatchObject([{ type: 'finish', reason: 'unsupported' }]);
  });
});

describe('a server in trouble', () => {
  const through = async (fault: Fault) => {
    const { server, grounded } = await served();
    server.misbehave(fault);
    const parts: ChatPart[] = await Array.fromAsync(
      withFallback(grounded, extractiveModel()).stream(request()),
    );
    return { parts, fallback: parts.find(({ type }) => type === 'fallback') };
  };

  test.each([
    [{ kind: 'error', error: 'overloaded' }, 'busy'],
    [{ kind: 'error', error: 'generation' }, 'down'],
    [{ kind: 'cut' }, 'down'],
    [{ kind: 'garbage' }, 'down'],
    [{ kind: 'empty' }, 'invalid'],
    [{ kind: 'status', status: 502, body: 'Bad Gateway' }, 'down'],
  ] satisfies [Fault, string][])(
    'before the first word (%j): quotations, and why',
    async (fault, reason) => {
      const { parts, fallback } = await through(fault);
      expect(fallback).toMatchObject({ reason });
      expect(parts[0]?.type).toBe('fallback');
      expect(drawn(parts)).toContain('thirty days');
      expect(parts.at(-1)).toMatchObject({ type: 'finish', reason: 'stop' });
    },
  );

  test.each([
    { kind: 'cut', after: 4 },
    { kind: 'unfinished', after: 4 },
    { kind: 'error', error: 'generation', after: 4 },
  ] satisfies Fault[])(
    'in the middle ($kind): what was said stays, and quotations follow',
    async (fault) => {
      const { parts, fallback } = await through(fault);
      expect(fallback).toMatchObject({ reason: 'cut' });
      const at = parts.findIndex(({ type }) => type === 'fallback');
      expect(drawn(parts.slice(0, at))).toMatch(/^A tombstone/u);
      expect(drawn(parts.slice(at))).toMatch(/^\n\n.*thirty days/su);
      expect(parts.at(-1)).toMatchObject({ type: 'finish', reason: 'stop' });
    },
  );
});
