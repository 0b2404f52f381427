import { expect, test } from 'vitest';
import type { ChatPart } from '../../../pipelines/serving/chat/port.ts';
import { buttonsOf, play, visibleText } from './scene.ts';

const channels = Array.from({ length: 10 }, (_, n) => ({ id: `C${n + 1}` }));
const rounds = 12;

async function* inSentences(question: string): AsyncGenerator<ChatPart> {
  for (let n = 0; n < 6; n += 1) {
    yield { type: 'text', text: `Sentence ${n} about ${question}. `, citations: [] };
    await new Promise((resolve) => setImmediate(resolve));
  }
  yield { type: 'finish', reason: 'stop', support: 1 };
}

test(
  'through weather of every kind each question gets exactly one whole answer',
  () =>
    play(
      {
        says: ({ question }) => inSentences(question),
        slack: {
          teams: [{ id: 'T1', channels }],
          ackDeadlineMs: 5_000,
          retryDelaysMs: [0, 50, 100],
          seed: 7,
        },
        timings: { callMs: 1_000 },
        allowed: ['late_ack'],
      },
      async ({ slack, ada, bo, own, still }) => {
        const { faults } = slack;
        for (const method of ['chat.startStream', 'chat.appendStream', 'chat.stopStream']) {
          faults.randomly(0.08, method, [
            { kind: 'drop', when: 'before' },
            { kind: 'drop', when: 'after' },
            { kind: 'status', status: 503 },
            { kind: 'error', error: 'internal_error' },
            { kind: 'slow', delayMs: 30 },
          ]);
        }
        for (const method of ['chat.update', 'chat.postMessage', 'conversations.replies']) {
          faults.randomly(0.1, method, [
            { kind: 'drop', when: 'before' },
            { kind: 'drop', when: 'after' },
            { kind: 'status', status: 500 },
          ]);
        }
        faults.duplicateRandomly(0.2);
        faults.expireStreams({ appends: 3, times: 20 });

        const asked: { readonly channel: string; readonly ts: string; readonly word: string }[] =
          [];
        for (let round = 0; round < rounds; round += 1) {
          for (const { id } of channels) {
            const word = `matter-${id}-${round}`;
            const person = (round + id.length) % 2 === 0 ? ada : bo;
            const { ts } = person.mentions({ channel: id, text: `What about ${word}?` });
            asked.push({ channel: id, ts, word });
          }
          if (round % 4 === 2) slack.socket.disconnect();
          await slack.until(
            () =>
              asked.every(({ channel, ts }) =>
                own(channel, ts).some((each) => buttonsOf(each).includes('Regenerate')),
              ),
            60_000,
          );
        }
        await still();
        expect(faults.injected.length).toBeGreaterThan(50);
        for (const { channel, ts, word } of asked) {
          const text = own(channel, ts).map(visibleText).join('\n');
          for (let n = 0; n < 6; n += 1) {
            const sentence = `Sentence ${n} about What about ${word}?`;
            expect(text.split(sentence).length - 1, `${sentence} in: ${text}`).toBe(1);
          }
          const closed = own(channel, ts).filter((each) => buttonsOf(each).length > 0);
          expect(closed).toHaveLength(1);
          expect(own(channel, ts).every(({ stream }) => stream?.state !== 'in_progress')).toBe(
            true,
          );
        }
      },
    ),
  120_000,
);
