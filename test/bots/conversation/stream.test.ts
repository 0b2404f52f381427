import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { localMessage } from '../../../bots/conversation/local.ts';
import { replyTo } from '../../../bots/conversation/stream.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

const question = (text: string, event: string = randomUUID()) =>
  localMessage('web', { question: text, thread: 't', event });

describe('an answer that is read', () => {
  test('ends in one done, whose trace is kept', async () => {
    const events = await Array.fromAsync(replyTo(stage.conversation, question('Why?')));
    const end = events.at(-1);
    const [trace] = await stage.traces.traces();
    expect(end).toMatchObject({ type: 'done', trace: trace?.id });
    expect(events.filter(({ type }) => type === 'done' || type === 'error')).toHaveLength(1);
  });

  test('of an event that was heard before has no events', async () => {
    await Array.fromAsync(replyTo(stage.conversation, question('Why?', 'e')));
    expect(await Array.fromAsync(replyTo(stage.conversation, question('Why?', 'e')))).toEqual([]);
  });

  test('is stopped by its signal, and says so', async () => {
    stage.gate.holdEnd();
    const leaving = new AbortController();
    const seen: string[] = [];
    for await (const event of replyTo(stage.conversation, question('Why?'), leaving.signal)) {
      seen.push(event.type);
      if (event.type === 'text') leaving.abort();
    }
    expect(seen.at(-1)).toBe('stopped');
    expect(await stage.traces.traces()).toMatchObject([{ outcome: 'cancelled' }]);
  });

  test('is stopped when its reader leaves', async () => {
    stage.gate.holdEnd();
    for await (const event of replyTo(stage.conversation, question('Why?'))) {
      if (event.type === 'text') break;
    }
    expect(await stage.traces.traces()).toMatchObject([{ outcome: 'cancelled' }]);
  });

  test('with a signal that was aborted before is stopped at once', async () => {
    const events = await Array.fromAsync(
      replyTo(stage.conversation, question('Why?'), AbortSignal.abort()),
    );
    expect(events.map(({ type }) => type)).toEqual(['stopped']);
  });
});
