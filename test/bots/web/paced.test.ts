import { describe, expect, test } from 'vitest';
import type { ReplyEvent } from '../../../bots/conversation/channel.ts';
import { type PagedEvent, paced } from '../../../bots/web/render/paced.ts';

const text = (words: string): ReplyEvent => ({ type: 'text', text: words, citations: [] });
const end: ReplyEvent = { type: 'stopped', reason: 'asker', trace: 't' };
const htmlOf = (event: PagedEvent | undefined) => (event?.type === 'text' ? event.html : undefined);

async function* from(events: readonly ReplyEvent[], hold?: Promise<void>) {
  for (const event of events) yield event;
  await hold;
  yield end;
}

describe('an answer on the page', () => {
  test('is rendered at once for its first words, and whole before its end', async () => {
    const events = await Array.fromAsync(
      paced(from([text('Green '), text('tea '), text('*is* fine.')]), 1e9),
    );
    expect(events.map(({ type }) => type)).toEqual(['text', 'text', 'text', 'text', 'stopped']);
    expect(events.map(htmlOf)).toEqual([
      '<p>Green</p>',
      undefined,
      undefined,
      '<p>Green tea <em>is</em> fine.</p>',
      undefined,
    ]);
  });

  test('loses none of its words to the pace', async () => {
    const words = Array.from({ length: 200 }, (_, index) => text(`w${index} `));
    const events = await Array.fromAsync(paced(from(words), 0));
    const said = events.flatMap((event) => (event.type === 'text' ? event.text : [])).join('');
    expect(said.trim().split(' ')).toHaveLength(200);
  });

  test('is rendered as far as it has come while the model pauses', async () => {
    const { promise: hold, resolve: goOn } = Promise.withResolvers<void>();
    const reading = paced(from([text('Green '), text('tea')], hold), 5);
    const seen: (string | undefined)[] = [];
    for await (const event of reading) {
      seen.push(htmlOf(event));
      if (seen.includes('<p>Green tea</p>')) goOn();
    }
    expect(seen).toContain('<p>Green tea</p>');
  });

  test('is left when the reader leaves', async () => {
    let left = false;
    const endless = async function* () {
      try {
        for (;;) yield text('word ');
      } finally {
        left = true;
      }
    };
    for await (const event of paced(endless())) if (event.type === 'text') break;
    expect(left).toBe(true);
  });

  test('passes on what goes wrong', async () => {
    const failing = async function* (): AsyncGenerator<ReplyEvent> {
      yield text('word ');
      throw new Error('gone');
    };
    await expect(Array.fromAsync(paced(failing()))).rejects.toThrow('gone');
  });
});
