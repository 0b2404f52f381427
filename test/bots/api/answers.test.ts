import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Question } from '../../../pipelines/inference/ask.ts';
import { openTestTwin, type TestTwin } from '../twin.ts';
import { openScene, type Scene } from './scene.ts';

let twin: TestTwin;
let scene: Scene;
const asked: Question[] = [];

beforeAll(async () => {
  twin = await openTestTwin(
    [
      {
        title: 'Ports',
        link: 'https://blog.example/ports',
        content: 'The playground listens on port 4000 and nowhere else.',
        publishedAt: '2026-05-05T00:00:00.000Z',
      },
      {
        title: 'Backups',
        author: 'Ines Okafor',
        content: 'Back up the database with the backup command of sqlite3.',
      },
    ],
    (answering) => ({
      ...answering,
      async retrieve(question, signal) {
        asked.push(question);
        const retrieved = await answering.retrieve(question, signal);
        return {
          ...retrieved,
          fallbacks: [{ stage: 'rerank', reason: 'late', code: 'rerank.timeout' }],
        };
      },
    }),
    {
      limits: { personPerMinute: null, length: 2_000 },
      rules: [
        { allow: false, platform: 'api', people: ['key:stranger'] },
        { allow: true, platform: 'api', people: ['key:ines'], authors: ['ines-okafor'] },
        { allow: true },
      ],
    },
  );
  scene = await openScene(twin);
});
afterAll(async () => {
  await scene.close();
  await twin.close();
});

const question = 'Which port does the playground listen on?';
const titles = ({ sources }: Record<string, unknown>) =>
  (sources as { title: string }[]).map(({ title }) => title);

describe('an answer as JSON', () => {
  test('has marks, its sources, what it did without, and its trace', async () => {
    const { status, json, headers } = await scene.ask({ question });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      outcome: 'answered',
      cited: [1],
      replayed: false,
      generation: null,
      fallbacks: [{ stage: 'rerank', reason: 'late', code: 'rerank.timeout' }],
      words: expect.stringContaining('Part of my search'),
    });
    expect(json['answer']).toContain('port 4000 and nowhere else. [1]');
    const [source] = json['sources'] as { title: string; link: string | null }[];
    expect(source).toMatchObject({ title: 'Ports', link: 'https://blog.example/ports' });
    const [trace] = await twin.traces.traces({ ids: [String(json['trace'])] });
    expect(trace).toMatchObject({ question, channel: 'api', answer: json['answer'] });
    expect(headers.get('cache-control')).toBe('no-store');
  });

  test('says that the writing does not answer, which is no failure', async () => {
    const { status, json } = await scene.ask({ question: 'Who won the cup in 1954?' });
    expect(status).toBe(200);
    expect(json).toMatchObject({ outcome: 'abstained', cited: [] });
  });

  test('never tells where writing lies on this machine', async () => {
    const { json, text } = await scene.ask({ question: 'How do I back up the database?' });
    expect(titles(json)).toContain('Backups');
    expect(text).not.toContain('file:');
  });

  test('goes on in a thread of the key, which another key cannot see', async () => {
    const thread = 'my-thread';
    await scene.ask({ question, thread });
    const { json } = await scene.ask({ question: 'And where else does it listen?', thread });
    expect(json['thread']).toBe(thread);
    expect(asked.at(-1)?.history.map(({ role }) => role)).toEqual(['user', 'twin']);
    const key = await scene.makeKey(['ask'], { name: 'other' });
    await scene.ask({ question, thread }, { key });
    expect(asked.at(-1)?.history).toEqual([]);
  });

  test('a question without a thread begins one that can be gone on with', async () => {
    const { json } = await scene.ask({ question });
    await scene.ask({ question: 'And where else?', thread: json['thread'] });
    expect(asked.at(-1)?.history[0]?.text).toBe(question);
  });

  test('takes the history that a client brings, and keeps none of it', async () => {
    const history = [
      { role: 'user', text: 'What is the playground?' },
      { role: 'twin', text: 'A page on localhost.' },
    ];
    await scene.ask({ question, history });
    expect(asked.at(-1)?.history).toEqual(history);
    await scene.ask({ question });
    expect(asked.at(-1)?.history).toEqual([]);
    const both = await scene.ask({ question, history, thread: 'my-thread' });
    expect(both.json).toMatchObject({ status: 400, code: 'request.invalid' });
  });

  test('hands on how long it should be', async () => {
    await scene.ask({ question, length: 'short' });
    expect(asked.at(-1)?.length).toBe('short');
    await scene.ask({ question });
    expect(asked.at(-1)).not.toHaveProperty('length');
  });

  test('speaks the language of the asker where it speaks for itself', async () => {
    const cup = { question: 'xyzzy plugh?' };
    const byHeader = await scene.ask(cup, { headers: { 'accept-language': 'de-AT,en;q=0.5' } });
    const byBody = await scene.ask({ ...cup, locale: 'de' });
    expect(byHeader.json['answer']).toBe(byBody.json['answer']);
    expect(byBody.json['answer']).not.toBe((await scene.ask(cup)).json['answer']);
  });
});

describe('what an answer may be written from', () => {
  test('a request narrows it by source, author and date', async () => {
    const ask = async (only: object) => titles((await scene.ask({ question, ...only })).json);
    expect(await ask({ sources: ['elsewhere'] })).toEqual([]);
    expect(await ask({ authors: ['ines-okafor'] })).not.toContain('Ports');
    expect(await ask({ since: '2026-01-01' })).toEqual(['Ports']);
    expect(await ask({ since: '2026-06-01' })).toEqual([]);
  });

  test('a key has limits that no request widens', async () => {
    const key = await scene.makeKey(['ask'], {
      name: 'narrow',
      access: { authors: ['ines-okafor'] },
    });
    const ask = async (only: object) =>
      titles((await scene.ask({ question, ...only }, { key })).json);
    expect(await ask({})).not.toContain('Ports');
    expect(await ask({ authors: ['mara-lindqvist', 'ines-okafor'] })).not.toContain('Ports');
    expect(await ask({ authors: ['mara-lindqvist'] })).toEqual([]);
  });

  test('access rules know a key by its name', async () => {
    const ines = await scene.makeKey(['ask'], { name: 'ines' });
    expect(titles((await scene.ask({ question }, { key: ines })).json)).not.toContain('Ports');
    const key = await scene.makeKey(['ask', 'read', 'write'], { name: 'stranger' });
    expect((await scene.ask({ question }, { key })).json).toMatchObject({
      status: 403,
      code: 'access.denied',
      detail: expect.stringContaining('You are not among the people'),
    });
    expect((await scene.asEvents({ question }, { key })).status).toBe(403);
    expect((await scene.call('/v1/sources', { key })).status).toBe(403);
  });
});

describe('an answer as events', () => {
  test('comes in order and says the same as JSON', async () => {
    const { status, headers, events, text } = await scene.asEvents({ question });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(text.startsWith('retry: ')).toBe(true);
    const types = events.map(({ type }) => type);
    expect(types.filter((type) => type === 'sources')).toHaveLength(1);
    expect(types.indexOf('sources')).toBeLessThan(types.indexOf('text'));
    expect(types.at(-1)).toBe('done');
    const { json } = await scene.ask({ question });
    expect(events.at(-1)).toMatchObject({ outcome: 'answered', cited: json['cited'] });
  });

  test('says in OpenAI’s protocol, where only the content is shown, what it did without', async () => {
    const messages = [{ role: 'user', content: question }];
    const complete = (stream: boolean) =>
      scene.call('/v1/chat/completions', { body: { model: 'ada', messages, stream } });
    const [choice] = (await complete(false)).json['choices'] as { message: { content: string } }[];
    expect(choice?.message.content).toMatch(/nowhere else\. \[1\]\n\n\*Part of my search .*\*$/u);
    const { events } = await complete(true);
    const said = events.flatMap(
      ({ choices }) => (choices as { delta: { content?: string } }[])[0]?.delta.content ?? [],
    );
    expect(said.join('')).toBe(choice?.message.content);
  });

  test('a question that is refused is told by the status, in both forms', async () => {
    const long = { question: 'why '.repeat(600) };
    for (const { status, json, headers } of [await scene.ask(long), await scene.asEvents(long)]) {
      expect(status).toBe(413);
      expect(headers.get('content-type')).toContain('application/problem+json');
      expect(json).toMatchObject({ code: 'question.too-long', title: expect.any(String) });
    }
  });
});

describe('feedback', () => {
  test('is taken for an answer that was given, the later one counting', async () => {
    const { trace } = (await scene.ask({ question })).json;
    const give = (body: object, key = scene.everything) =>
      scene.call('/v1/feedback', { body, key });
    expect((await give({ trace, value: 'up' })).status).toBe(204);
    expect((await give({ trace, value: 'down', reason: ' too short ' })).status).toBe(204);
    expect(await twin.traces.feedbackOf(String(trace))).toMatchObject([
      { value: 'down', reason: 'too short', giver: expect.stringMatching(/^[0-9a-f]{32}$/u) },
    ]);
    expect((await give({ trace: crypto.randomUUID(), value: 'up' })).json).toMatchObject({
      status: 404,
      code: 'feedback.unknown-trace',
    });
    expect((await give({ trace, value: 'sideways' })).status).toBe(400);
  });
});

test('every form of an answer was held to the OpenAPI document', () => {
  expect([...scene.checked]).toEqual(
    expect.arrayContaining([
      'ask 200 application/json',
      'ask 200 text/event-stream',
      'ask 400 application/problem+json',
      'ask 403 application/problem+json',
      'ask 413 application/problem+json',
      'giveFeedback 204',
      'giveFeedback 404 application/problem+json',
    ]),
  );
});
