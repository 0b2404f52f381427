import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Fault } from '../../servers/models/faults.ts';
import { startTei } from '../../servers/tei/server.ts';
import { startTgi } from '../../servers/tgi/server.ts';
import { command } from './command.ts';

const scratch = () => mkdtempSync(join(tmpdir(), 'understudy-models-'));
const tea = `---
title: How I brew green tea
author: Ada Quill
kind: post
---
Green tea turns bitter above eighty degrees, so I let the kettle cool for four minutes before pouring.
`;
const question = 'Why does green tea turn bitter?';

type Tgi = Awaited<ReturnType<typeof startTgi>>;

/** Answers with the first passage's number, and reads questions as asked to. */
const says = (words: string) => (chat: { schema: unknown }) =>
  chat.schema === null ? words : '{"filters": [], "rewordings": [], "steps": []}';

describe('understudy with a language model', () => {
  const home = join(scratch(), 'home');
  let tgi: Tgi;
  let variables: Record<string, string>;

  beforeAll(async () => {
    const posts = scratch();
    writeFileSync(join(posts, 'tea.md'), tea);
    await command(home, ['collect', posts]);
    await command(home, ['features']);
    tgi = await startTgi({ adapters: ['ada'] });
    variables = { LLM_URL: tgi.url, LLM_PRICES: '1,2' };
  });
  afterEach(() => {
    tgi.behave();
    tgi.says(undefined);
  });
  afterAll(() => tgi.close());

  test('answers in the model’s words, cited, and traces what it took', async () => {
    tgi.says(says('Too hot a kettle makes it bitter [1]. I wait four minutes [1][7].'));
    const { code, events } = await command(home, ['ask', question, '--json'], variables);
    expect(code).toBe(0);
    const text = events().flatMap((event) => (event['type'] === 'text' ? [event['text']] : []));
    expect(text.join('')).toContain('Too hot a kettle makes it bitter');
    expect(text.join('')).not.toContain('[');
    expect(events().at(-1)).toMatchObject({
      type: 'done',
      outcome: 'answered',
      cited: [1],
      fallbacks: [],
      generation: { refusedCitations: 1, usage: { costUsd: expect.any(Number) }, packed: [1] },
    });
    expect(tgi.violations).toEqual([]);
  });

  test('quotes and says so while the model is down, and asks for nothing else', async () => {
    tgi.misbehave({ kind: 'error', error: 'generation' });
    const { code, stdout } = await command(home, ['ask', question], variables);
    expect(code).toBe(0);
    expect(stdout).toContain('Green tea turns bitter above eighty degrees');
    expect(stdout).toContain('My language model cannot be reached right now');
  });

  test('finishes by quoting what the model began, and says where it was cut', async () => {
    tgi.says(says('Somewhere in Japan they pour it quite cold and nobody minds at all.'));
    tgi.misbehave({ kind: 'cut', after: 4 });
    const { stdout } = await command(home, ['ask', question], {
      ...variables,
      LLM_UNDERSTANDS: 'off',
    });
    expect(stdout).toContain('Somewhere in');
    expect(stdout).toMatch(
      /The answer was cut short here\. From the writing itself:_\s+Green tea turns bitter/u,
    );
    expect(stdout).toContain('broke off in the middle');
  });

  test.each<[string, Fault, string]>([
    ['down', { kind: 'error', error: 'generation' }, '10000'],
    ['busy', { kind: 'error', error: 'overloaded' }, '10000'],
    ['late', { kind: 'hang' }, '300'],
    ['cut', { kind: 'cut', after: 4 }, '10000'],
  ])('keeps no stand-in’s answer in a batch, and asks again: %s', async (reason, fault, ms) => {
    const folder = scratch();
    const questions = join(folder, 'questions.jsonl');
    const answers = join(folder, 'questions.answers.jsonl');
    writeFileSync(questions, JSON.stringify({ id: reason, question }));
    const asking = { ...variables, LLM_UNDERSTANDS: 'off' };
    const batch = ['ask', '--batch', questions, '--json'];
    tgi.says(says('Too hot a kettle makes it bitter [1].'));

    tgi.misbehave(fault);
    const first = await command(home, batch, { ...asking, LLM_FIRST_WORDS_MS: ms });
    expect(first.code).toBe(3);
    expect(first.stderr).toContain('1 question failed for the moment');
    expect(first.events()).toEqual([]);
    expect(readFileSync(answers, 'utf8')).toBe('');
    const traced = join(scratch(), 'export');
    await command(home, ['export', traced]);
    const traces = readFileSync(join(traced, 'traces.jsonl'), 'utf8').split('\n');
    const own = traces.filter((line) => line.includes(`"thread":"batch:${reason}"`));
    expect(own).toEqual([expect.stringContaining(`"stage":"generate","reason":"${reason}"`)]);

    tgi.behave();
    const second = await command(home, batch, asking);
    expect(second.code).toBe(0);
    expect(second.events()).toMatchObject([{ outcome: 'answered', fallbacks: [] }]);
    expect(readFileSync(answers, 'utf8')).toContain('Too hot a kettle');
  });

  test('is an error at start where the address is nobody’s, never a silent fallback', async () => {
    const { code, stderr } = await command(home, ['ask', question], {
      LLM_URL: 'http://127.0.0.1:1',
    });
    expect(code).toBe(3);
    expect(stderr).toContain('http://127.0.0.1:1');
    const kept = await command(home, ['status'], { LLM_URL: 'http://127.0.0.1:1' });
    expect(kept.code).toBe(0);
  });

  test('refuses to speak in a voice that is not the adapter’s', async () => {
    const run = await command(home, ['ask', question], { ...variables, LLM_ADAPTER: 'eve' });
    expect(run.code).toBe(3);
    expect(run.stderr).toContain('“eve” answers like the bare base model');
  });

  test('records an adapter, pins it, and sees another version of it', async () => {
    const asked = { ...variables, LLM_ADAPTER: 'ada' };
    const recorded = await command(home, ['adapter', 'record', '--json'], asked);
    expect(recorded.code).toBe(0);
    const pinned = { ...asked, LLM_ADAPTER_PRINTS: String(recorded.events()[0]?.['recorded']) };
    const checked = await command(home, ['adapter', 'check'], pinned);
    expect(checked.stdout).toContain('as recorded on 8');
    expect((await command(home, ['ask', question], pinned)).code).toBe(0);

    const other = await startTgi({ adapters: [{ name: 'ada', voice: 'ada, retrained' }] });
    try {
      const elsewhere = { ...pinned, LLM_URL: other.url };
      const wrong = await command(home, ['adapter', 'check'], elsewhere);
      expect(wrong.code).toBe(1);
      expect(wrong.stderr).toContain('speaks as recorded on only');
      const refused = await command(home, ['ask', question], elsewhere);
      expect(refused.stderr).toContain('The release is refused');
    } finally {
      await other.close();
    }
  });

  test('doctor tells which model answers, and what is wrong with one that does not', async () => {
    const well = await command(home, ['doctor'], { ...variables, LLM_ADAPTER: 'ada' });
    expect(well.stdout).toContain('Chat model: tgi, meta-llama/Llama-3.1-8B-Instruct');
    expect(well.stdout).toContain('understudy adapter record');
    const sick = await command(home, ['doctor', '--json'], {
      LLM_URL: 'http://127.0.0.1:1',
      RERANK_URL: 'http://127.0.0.1:1',
    });
    expect(sick.code).toBe(1);
    expect(sick.stdout).toContain('"name":"Chat model","verdict":"bad"');
    expect(sick.stdout).toContain('"name":"Reranker","verdict":"bad"');
  });

  test('doctor is not taken in by an embedding server that calls itself a model', async () => {
    const posing = await startTgi({ engine: 'llamacpp' });
    posing.misbehave({ kind: 'status', status: 500, body: { error: { message: 'no logits' } } });
    try {
      const { code, stdout } = await command(home, ['doctor'], { LLM_URL: posing.url });
      expect(code).toBe(1);
      expect(stdout).toMatch(/✗ Chat model/u);
    } finally {
      await posing.close();
    }
  });

  test('embeds and reranks on servers, and says when reranking was done without', async () => {
    const own = join(scratch(), 'home');
    const posts = scratch();
    for (const [name, text] of Object.entries({ tea, bread: tea.replaceAll('tea', 'bread') })) {
      writeFileSync(join(posts, `${name}.md`), text);
    }
    const embed = await startTei();
    const rerank = await startTei({ serves: 'rerank' });
    const servers = { EMBED_URL: embed.url, RERANK_URL: rerank.url };
    try {
      await command(own, ['collect', posts], servers);
      expect((await command(own, ['features'], servers)).code).toBe(0);
      const asked = await command(own, ['ask', question, '--json'], servers);
      expect(asked.events().at(-1)).toMatchObject({ outcome: 'answered', fallbacks: [] });
      rerank.misbehave({ kind: 'cut' });
      const without = await command(own, ['ask', question], servers);
      expect(without.stdout).toContain('Part of my search was not available just now');
      embed.becomes('another-revision');
      const skewed = await command(own, ['ask', question], servers);
      expect(skewed.code).toBe(3);
      expect(skewed.stderr).toContain('was made with the embedder');
    } finally {
      await embed.close();
      await rerank.close();
    }
  });

  test('writes passage headers at a price that is told before', async () => {
    const posts = scratch();
    const code = 'export const kettle = (degrees: number) => degrees - 20;\n'.repeat(400);
    writeFileSync(
      join(posts, 'kettle.md'),
      `---\ntitle: Kettle\nauthor: Ada Quill\nkind: repository\n---\n# Kettle\n\n${'The kettle cools while I wait for it in the kitchen. '.repeat(200)}\n\n\`\`\`ts\n${code}\`\`\`\n`,
    );
    const own = join(scratch(), 'home');
    await command(own, ['collect', posts]);
    const asked = { ...variables, LLM_HEADERS: 'on' };
    const run = await command(own, ['features', '--json'], asked);
    const planned = run.events().find(({ type }) => type === 'headers-planned');
    expect(planned).toMatchObject({ costUsd: expect.any(Number), documents: 1 });
    expect(Number(planned?.['passages'])).toBeGreaterThan(1);
    expect(run.events().findIndex(({ type }) => type === 'headers-planned')).toBeLessThan(
      run.events().findIndex(({ type }) => type === 'document'),
    );
  });
});
