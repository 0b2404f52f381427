import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Said, summarise } from '../../../pipelines/inference/ask.ts';
import { tokens } from '../../../pipelines/stores/features/lexical.ts';

async function summaryOf(said: readonly Said[]): Promise<{
  readonly points: readonly string[];
  readonly outcome: string | undefined;
  readonly types: readonly string[];
}> {
  const events = await Array.fromAsync(summarise(said));
  const last = events.at(-1);
  return {
    points: events.flatMap((event) => (event.type === 'text' ? [event.text.trim()] : [])),
    outcome: last?.type === 'done' ? last.outcome : undefined,
    types: events.map(({ type }) => type),
  };
}

const thread: readonly Said[] = [
  {
    role: 'user',
    who: 'Ada',
    text: 'Hi all! The nightly import is slow since we moved the database. Why does the import take four hours now?',
  },
  { role: 'user', who: 'Ben', text: 'No idea. Have you looked at the index of the table?' },
  {
    role: 'twin',
    text: 'The import is slow when every document is committed alone. [1] Batch the commits of the import: that is forty times faster. [2](https://example.org/b)\n\n```sh\nimport --batch 100\n```',
  },
  { role: 'user', who: 'Ada', text: 'Batching worked: the import takes nine minutes now. Thanks!' },
  { role: 'user', who: 'Cem', text: 'Should we document batches of imports for others?' },
  { role: 'user', who: 'Ada', text: 'Yes, I will write a page about import batches tomorrow.' },
  { role: 'user', who: 'Ben', text: 'By the way, lunch is pizza today.' },
];

describe('a summary', () => {
  test('is an answer without sources: a text for each point, then done', async () => {
    const { types, outcome, points } = await summaryOf(thread);
    expect(types).toEqual(['status', ...points.map(() => 'text'), 'done']);
    expect(outcome).toBe('answered');
    expect(points.length).toBeGreaterThanOrEqual(3);
    expect(points.length).toBeLessThanOrEqual(7);
    for (const point of points) expect(point).toMatch(/^- /u);
  });

  test('keeps a question with what was answered, names who spoke, and leaves out small talk', async () => {
    const all = (await summaryOf(thread)).points.join('\n');
    expect(all).toContain(
      '- **Cem:** Should we document batches of imports for others?\n  - **Ada:** Yes, I will write a page about import batches tomorrow.',
    );
    expect(all).toContain('- **Ada:** Why does the import take four hours now?\n  - ');
    expect(all).not.toMatch(/Thanks|pizza|\[1\]|example\.org|--batch/u);
  });

  test('is in the order in which things were said', async () => {
    const { points } = await summaryOf(thread);
    const said = thread.map(({ text }) => text).join('\n');
    const heads = points.map((point) =>
      point.split('\n')[0]?.replace(/^- (?:\*\*.*?:\*\* )?/u, ''),
    );
    const places = heads.map((head) => said.indexOf(head ?? ' '));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });

  test('says a thing once, however often it was said', async () => {
    const text = 'The release branch is frozen until the tests are green.';
    const { points } = await summaryOf([
      { role: 'user', who: 'Ada', text },
      { role: 'user', who: 'Ben', text },
      { role: 'user', who: 'Ada', text: `Again: ${text}` },
    ]);
    expect(points).toEqual([`- **Ada:** ${text}`]);
  });

  test('of a question and its answer is both', async () => {
    const { points } = await summaryOf([
      { role: 'user', who: '花子', text: 'バックアップはどこにありますか？' },
      { role: 'twin', text: 'バックアップはアーカイブのフォルダにあります。' },
    ]);
    expect(points).toEqual([
      '- **花子:** バックアップはどこにありますか？\n  - バックアップはアーカイブのフォルダにあります。',
    ]);
  });

  test.each([
    ['no turns', []],
    ['empty turns', [{ role: 'user', text: '  \n' }]],
    ['thanks', [{ role: 'user', text: 'Thanks!' }]],
    ['code', [{ role: 'twin', text: '```sh\nnpm run something --with words\n```' }]],
  ] as const)('abstains without a word when there is nothing but %s', async (_what, said) => {
    expect(await summaryOf(said)).toEqual({
      points: [],
      outcome: 'abstained',
      types: ['status', 'done'],
    });
  });

  test('takes a name for a name, whatever it is made of', async () => {
    const { points } = await summaryOf([
      { role: 'user', who: '**@here** [x](http://evil)', text: 'The door code changes on Friday.' },
    ]);
    expect(points).toEqual([
      '- **\\*\\*@here\\*\\* \\[x\\]\\(http://evil\\):** The door code changes on Friday.',
    ]);
  });

  test('cuts a sentence that never ends at a word, and its marks with it', async () => {
    const { points } = await summaryOf([
      { role: 'user', text: `The **very long ${'winding road '.repeat(100)}**` },
    ]);
    expect(points).toHaveLength(1);
    expect(points[0]?.length).toBeLessThan(330);
    expect(points[0]).toMatch(/^- The very long winding road .*(?:winding|road) …$/u);
  });

  test('of two hundred turns has seven points, the same every time', async () => {
    const word = (index: number) => `topic${index % 23} matter${index % 7} part${index % 11}`;
    const said = Array.from({ length: 200 }, (_, turn): Said => {
      const text = [0, 1, 2, 3].map((n) => `About ${word(turn * 4 + n)} number ${turn}.`).join(' ');
      return turn % 2 === 0 ? { role: 'user', who: `P${turn % 5}`, text } : { role: 'twin', text };
    });
    const first = await summaryOf(said);
    expect(first.points).toHaveLength(7);
    expect(await summaryOf(said)).toEqual(first);
  });

  test('of any strings is made of their words, in at most seven points', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.string({ unit: 'grapheme', maxLength: 200 }),
      fc.lorem({ maxCount: 6, mode: 'sentences' }),
      fc.constantFrom(
        '- a list\n- of two things?',
        '> quoted words?\n\nAnswered words.',
        '| a |\n|---|',
      ),
    );
    const turn = fc.record(
      { role: fc.constantFrom('user' as const, 'twin' as const), text, who: fc.string() },
      { requiredKeys: ['role', 'text'] },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(turn, { maxLength: 12 }), async (said) => {
        const { points, outcome, types } = await summaryOf(said);
        expect(points.length).toBeLessThanOrEqual(7);
        expect(outcome).toBe(points.length > 0 ? 'answered' : 'abstained');
        expect(types.at(-1)).toBe('done');
        const known = new Set(said.flatMap(({ text, who = '' }) => tokens(`${text} ${who}`)));
        // Where a quotation ends, a word may be cut from marks that were between its letters.
        const all = [...known].join(' ');
        for (const point of points) {
          for (const word of tokens(point)) expect(all).toContain(word);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('ends by the reason of an aborted signal', async () => {
    const stopped = new Error('stopped');
    const all = Array.fromAsync(summarise(thread, AbortSignal.abort(stopped)));
    await expect(all).rejects.toBe(stopped);
    const controller = new AbortController();
    const reading = (async () => {
      for await (const event of summarise(thread, controller.signal)) {
        if (event.type === 'text') controller.abort(stopped);
      }
    })();
    await expect(reading).rejects.toBe(stopped);
  });
});
