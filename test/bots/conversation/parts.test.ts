import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seemsUnfinished } from '../../../bots/conversation/burst.ts';
import { nearest } from '../../../bots/conversation/nearest.ts';
import { openOrder } from '../../../bots/conversation/order.ts';
import { pseudonyms } from '../../../bots/conversation/pseudonym.ts';
import { openSlots } from '../../../bots/conversation/slots.ts';
import { failureWords, noticeWords, stoppedWords } from '../../../bots/conversation/words.ts';
import { stringsFor } from '../../../bots/strings/strings.ts';
import { said } from './stage.ts';

describe('a question that seems unfinished', () => {
  test.each([
    'hey',
    'Hallo du',
    'quick question:',
    'so I was wondering…',
    'one thing,',
    'こんにちは、',
  ])('waits for its rest: %s', (text) => expect(seemsUnfinished(text)).toBe(true));

  test.each([
    'Why?',
    'why is that so',
    'Chunking?',
    'なぜですか？',
    'Explain reranking.',
    '`npm start`',
    '¿Por qué?',
    'what is rollback',
  ])('goes at once: %s', (text) => expect(seemsUnfinished(text)).toBe(false));

  test('is decided for any string', () => {
    fc.assert(fc.property(fc.string(), (text) => typeof seemsUnfinished(text) === 'boolean'));
  });
});

describe('the nearest word', () => {
  const known = ['ask', 'sources', 'style', 'settings', 'summary', 'help'];
  test.each([
    ['sorces', 'sources'],
    ['hlep', 'help'],
    ['SUMARY', 'summary'],
    ['setings', 'settings'],
    ['as', 'ask'],
  ])('%s means %s', (typed, meant) => expect(nearest(typed, known)).toBe(meant));

  test('of something quite different is none', () => {
    expect(nearest('xylophone', known)).toBeUndefined();
    expect(nearest('', known)).toBeUndefined();
  });
});

describe('order', () => {
  test('is kept within a key and not between keys, also when work fails', async () => {
    const inOrder = openOrder();
    const done: string[] = [];
    const gate = Promise.withResolvers<void>();
    const work = (name: string, before?: Promise<void>) => async () => {
      await before;
      done.push(name);
      if (name === 'a1') throw new Error('broken');
    };
    const first = inOrder('a', work('a1', gate.promise));
    const second = inOrder('a', work('a2'));
    await inOrder('b', work('b1'));
    gate.resolve();
    await expect(first).rejects.toThrow('broken');
    await second;
    expect(done).toEqual(['b1', 'a1', 'a2']);
  });
});

describe('slots', () => {
  test('never hold more than there are, and go to who waits longest', async () => {
    const slots = openSlots(2);
    const taken: number[] = [];
    let holding = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 10 }, async (_, index) => {
        const giveBack = await slots.take();
        taken.push(index);
        holding += 1;
        most = Math.max(most, holding);
        await new Promise((resolve) => setImmediate(resolve));
        holding -= 1;
        giveBack();
        giveBack();
      }),
    );
    expect(most).toBe(2);
    expect(taken).toEqual(taken.toSorted((a, b) => a - b));
    expect(slots.waiting()).toBe(0);
  });
});

describe('pseudonyms', () => {
  const name = pseudonyms(Buffer.alloc(32, 1));
  const { place, person } = said('');
  test('are the same for one person of a workspace in all its channels', () => {
    expect(name({ ...place, channel: 'C2' }, person)).toBe(name(place, person));
  });
  test('differ by person, workspace, platform and key', () => {
    const all = [
      name(place, person),
      name(place, { id: 'U2' }),
      name({ ...place, workspace: 'T2' }, person),
      name({ ...place, platform: 'discord' }, person),
      pseudonyms(Buffer.alloc(32, 2))(place, person),
    ];
    expect(new Set(all).size).toBe(all.length);
    expect(all.join()).not.toContain('U1');
  });
});

describe('words', () => {
  const say = stringsFor('en');
  const error = { code: 'x', message: 'The set is gone.', hint: 'Build it.', retryable: false };
  test('of notices name what matters', () => {
    expect(noticeWords(say, { code: 'rate.person', retryAfterMs: 11_400 }, '')).toContain('12');
    expect(noticeWords(say, { code: 'too-long', most: 8_000, length: 9_000 }, '')).toContain(
      '9,000',
    );
    expect(noticeWords(say, { code: 'empty' }, '@twin why?')).toContain('@twin why?');
    expect(noticeWords(stringsFor('de'), { code: 'not-allowed' }, '')).not.toBe(
      noticeWords(say, { code: 'not-allowed' }, ''),
    );
  });
  test('of failures say what helps, or that it is worth another try', () => {
    expect(failureWords(say, error)).toContain('Build it.');
    expect(failureWords(say, { ...error, retryable: true })).not.toContain('The set is gone.');
    expect(failureWords(say, { ...error, code: 'retrieve.nothing-indexed' })).toContain('collect');
  });
  test('of a stop are honest, and none where a new answer follows', () => {
    expect(stoppedWords(say, 'shutdown')).toContain('Regenerate');
    expect(stoppedWords(say, 'restarted')).toBeNull();
  });
});
