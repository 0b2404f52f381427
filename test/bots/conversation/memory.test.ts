import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Said } from '../../../bots/conversation/channel.ts';
import { openScribe, openStage, type Stage, said, until } from './stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

const historyOf = (index: number) => stage.asked.at(index)?.history.map(({ text }) => text);

describe('the memory of a thread that the platform keeps', () => {
  test('holds what others said too, up to the question', async () => {
    const message = said('Why?');
    const thread: Said[] = [
      { role: 'user', message: 'x1', text: 'Ada: it is blue' },
      { role: 'user', message: message.message ?? '', text: 'Why?' },
      { role: 'user', message: 'x2', text: 'said afterwards' },
    ];
    const { channel } = openScribe('slack', () => thread);
    await stage.conversation.hear(message, channel);
    expect(historyOf(-1)).toEqual(['Ada: it is blue']);
  });

  test('takes the twin’s own words from the trace, not from what the platform shows around them', async () => {
    const thread: Said[] = [];
    const { channel } = openScribe('slack', () => thread);
    const first = said('Why?');
    await stage.conversation.hear(first, channel);
    thread.push(
      { role: 'user', message: first.message ?? '', text: 'Why?' },
      { role: 'twin', message: 'a1', text: 'You asked: Why? Sources: … 👍 👎' },
    );
    const later = await openStage({}, stage.home);
    await later.conversation.hear(said('And?', { message: 'late' }), channel);
    expect(later.asked[0]?.history.map(({ text }) => text)).toEqual(['Why?', 'You asked: Why?']);
    await later.close({ keep: true });
  });

  test('is read once and then kept up to date by what is heard, edited and deleted', async () => {
    let reads = 0;
    const { channel } = openScribe('slack', () => {
      reads += 1;
      return [{ role: 'user', message: 'x1', text: 'It is blue.' }];
    });
    const { conversation } = stage;
    const { place, thread } = said('');
    await conversation.hear(said('Why?'), channel);
    await conversation.hear(
      said('By the way, it is green.', { addressed: false, mentionsOthers: true, message: 'x2' }),
      channel,
    );
    await conversation.edited(
      { event: 'ed', place, thread, message: 'x1', text: 'It is red.' },
      channel,
    );
    await conversation.hear(said('So?', { message: 'q2' }), channel);
    expect(historyOf(-1)).toEqual([
      'It is red.',
      'Why?',
      'You asked: Why?',
      'By the way, it is green.',
    ]);
    await conversation.deleted({ place, thread, message: 'x2' });
    await conversation.hear(said('Now?'), channel);
    expect(historyOf(-1)).not.toContain('By the way, it is green.');
    expect(reads).toBe(1);
  });

  test('knows what a command asked, which is nobody’s message', async () => {
    const thread: Said[] = [];
    const { channel } = openScribe('slack', () => thread);
    await stage.conversation.hear(said('Why?', { message: null }), channel);
    thread.push({ role: 'twin', message: 'a1', text: '> Why? …' });
    await stage.conversation.hear(said('And?'), channel);
    expect(historyOf(-1)).toEqual(['Why?', 'You asked: Why?']);
  });

  test('has an answer before what was said while it was still on its way', async () => {
    const { channel, shown } = openScribe('slack', () => []);
    const { conversation, gate } = stage;
    gate.holdEnd();
    const first = conversation.hear(said('Why?'), channel);
    await until(() => shown[0]?.text() === 'You asked: Why?');
    const second = conversation.hear(said('And then?'), channel);
    await new Promise((resolve) => setTimeout(resolve, 20));
    gate.open();
    await Promise.all([first, second]);
    expect(historyOf(-1)).toEqual(['Why?', 'You asked: Why?']);
  });

  test('of 200 turns keeps the last that fit', async () => {
    const thread: Said[] = Array.from({ length: 200 }, (_, index) => ({
      role: 'user' as const,
      message: `x${index}`,
      text: `Line ${index} ${'word '.repeat(40)}`.trim(),
    }));
    const { channel } = openScribe('slack', () => thread);
    await stage.conversation.hear(said('Why?'), channel);
    const history = historyOf(-1) ?? [];
    expect(history.length).toBeGreaterThan(10);
    expect(history.join('').length).toBeLessThanOrEqual(4 * 1_500);
    expect(history.at(-1)).toMatch(/^Line 199 /u);
  });

  test('a new thread is not asked for', async () => {
    const { channel } = openScribe('slack', () => {
      throw new Error('should not be read');
    });
    const opens = said('Why?', { opensThread: true });
    expect((await stage.conversation.hear(opens, channel)).kind).toBe('answered');
    const next = said('And?', { message: 'q2' });
    await stage.conversation.hear(next, channel);
    expect(historyOf(-1)).toEqual(['Why?', 'You asked: Why?']);
  });
});

test('a summary reads the whole thread', async () => {
  const thread: Said[] = Array.from({ length: 30 }, (_, index) => ({
    role: 'user' as const,
    message: `x${index}`,
    text: `We decided in meeting ${index} that the ranking of results should follow the plan. ${'More words here. '.repeat(20)}`,
  }));
  const { channel, shown } = openScribe('slack', () => thread);
  const heard = await stage.conversation.hear(said('', { task: 'summary' }), channel);
  expect(heard.kind).toBe('answered');
  expect(shown[0]?.text()).toContain('ranking of results');
  expect(stage.asked).toEqual([]);
});

test('a summary of nothing says so, in the language of who wants it', async () => {
  const { channel, shown } = openScribe('slack', () => []);
  const person = { ...said('').person, locale: 'de-DE' };
  const heard = await stage.conversation.hear(said('', { task: 'summary', person }), channel);
  expect(heard.kind).toBe('abstained');
  expect(shown[0]?.text()).toMatch(/nichts/u);
});
