import { describe, expect, test } from 'vitest';
import { openConversation } from '../../../bots/conversation/converse.ts';
import { openMemory } from '../../../bots/conversation/memory.ts';
import type { Trace } from '../../../monitoring/tracer.ts';
import type { Answering, Question } from '../../../pipelines/inference/ask.ts';

function stage(parts: 'answers' | 'hangs' | 'breaks' = 'answers') {
  const asked: Question[] = [];
  const recorded: Trace[] = [];
  const order: string[] = [];
  const answering: Answering = {
    async retrieve(question) {
      asked.push(question);
      const understanding = {
        question: question.text,
        rewritten: question.text,
        filters: [],
        comparison: false,
      };
      return { featureSet: 'set-1', understanding, passages: [], expansion: [], timings: {} };
    },
    model: {
      name: 'test',
      async *stream() {
        yield { type: 'text', text: 'Said.', citations: [] };
        if (parts === 'hangs') await new Promise(() => {});
        if (parts === 'answers') yield { type: 'finish', reason: 'stop', support: 1 };
      },
    },
  };
  const tracer = {
    record: async (trace: Trace) => {
      order.push('recorded');
      recorded.push(trace);
    },
    feedback: async () => true,
  };
  const conversation = openConversation({ answering, tracer, release: 'rel-1' });
  return { conversation, asked, recorded, order, answering, tracer };
}

const ask = (question: string, more = {}) => ({ question, thread: 't', channel: 'web', ...more });

describe('a conversation', () => {
  test('writes the trace before done is handed on', async () => {
    const { conversation, recorded, order } = stage();
    for await (const event of conversation.converse(ask('Why?'))) order.push(event.type);
    expect(order.slice(-2)).toEqual(['recorded', 'done']);
    expect(recorded).toMatchObject([
      {
        question: 'Why?',
        answer: 'Said.',
        outcome: 'answered',
        release: 'rel-1',
        featureSet: 'set-1',
        channel: 'web',
      },
    ]);
  });

  test('done names the trace that feedback can be given to', async () => {
    const { conversation, recorded } = stage();
    const events = await Array.fromAsync(conversation.converse(ask('Why?')));
    expect(events.at(-1)).toMatchObject({ type: 'done', trace: recorded[0]?.id });
  });

  test('answers an event id once', async () => {
    const { conversation, asked } = stage();
    await Array.fromAsync(conversation.converse(ask('Why?', { event: 'e1' })));
    expect(await Array.fromAsync(conversation.converse(ask('Why?', { event: 'e1' })))).toEqual([]);
    expect(asked).toHaveLength(1);
  });

  test('remembers its thread and no other', async () => {
    const { conversation, asked } = stage();
    await Array.fromAsync(conversation.converse(ask('First?')));
    await Array.fromAsync(conversation.converse(ask('Second?')));
    await Array.fromAsync(conversation.converse(ask('Elsewhere?', { thread: 'other' })));
    expect(asked.map(({ history }) => history.map(({ text }) => text))).toEqual([
      [],
      ['First?', 'Said.'],
      [],
    ]);
  });

  test('a stop in the middle records a cancelled trace and ends without done', async () => {
    const { conversation, recorded } = stage('hangs');
    const controller = new AbortController();
    const seen: string[] = [];
    for await (const event of conversation.converse(ask('Why?', { signal: controller.signal }))) {
      seen.push(event.type);
      if (event.type === 'text') controller.abort();
    }
    expect(seen).not.toContain('done');
    expect(recorded).toMatchObject([{ outcome: 'cancelled', answer: 'Said.' }]);
  });

  test('a reader who leaves records a cancelled trace', async () => {
    const { conversation, recorded } = stage();
    for await (const event of conversation.converse(ask('Why?'))) if (event.type === 'text') break;
    expect(recorded).toMatchObject([{ outcome: 'cancelled' }]);
  });

  test('a failed answer is recorded as failed and not remembered', async () => {
    const { conversation, recorded, asked } = stage('breaks');
    await Array.fromAsync(conversation.converse(ask('Why?')));
    await Array.fromAsync(conversation.converse(ask('Again?')));
    expect(recorded.map(({ outcome }) => outcome)).toEqual(['failed', 'failed']);
    expect(asked[1]?.history).toEqual([]);
  });

  test('an answer whose trace cannot be written ends in an error instead of done', async () => {
    const { answering, tracer } = stage();
    const record = () => Promise.reject(new Error('disk full'));
    const conversation = openConversation({
      answering,
      tracer: { ...tracer, record },
      release: 'r',
    });
    const events = await Array.fromAsync(conversation.converse(ask('Why?')));
    expect(events.at(-1)).toMatchObject({ type: 'error', error: { code: 'trace.unwritten' } });
  });
});

describe('thread memory', () => {
  test('keeps the last turns within the budget, beginning with a question', () => {
    const memory = openMemory({ tokens: 10, threads: 5 });
    for (const word of ['one', 'two', 'three']) {
      memory.remember('t', [
        { role: 'user', text: word.padEnd(8, '.') },
        { role: 'twin', text: word.padEnd(12, '.') },
      ]);
    }
    expect(memory.recall('t').map(({ text }) => text)).toEqual([
      'two.....',
      'two.........',
      'three...',
      'three.......',
    ]);
  });

  test('drops the thread not used for longest', () => {
    const memory = openMemory({ tokens: 100, threads: 2 });
    for (const thread of ['a', 'b', 'a', 'c'])
      memory.remember(thread, [{ role: 'user', text: thread }]);
    expect(memory.recall('b')).toEqual([]);
    expect(memory.recall('a')).toHaveLength(2);
  });
});
