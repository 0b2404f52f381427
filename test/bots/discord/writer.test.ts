import fc from 'fast-check';
import { expect, it } from 'vitest';
import { text } from '../../../bots/discord/answer/components.ts';
import { openWire } from '../../../bots/discord/wire.ts';
import type { Home, Slot } from '../../../bots/discord/writer/slot.ts';
import { openWriter } from '../../../bots/discord/writer/writer.ts';
import { type Mishap, pretendDiscord } from './pretend.ts';

const mishaps = fc.array(
  fc.constantFrom<Mishap>(
    'none',
    'before',
    'after',
    'broken',
    'not-found',
    'expire',
    'old',
    'archive',
    'barred',
  ),
  { maxLength: 30 },
);
/** Where an answer goes: under a message, for all by a command, for one by a command, or where the bot is not. */
const places = fc.constantFrom('message', 'public', 'private', 'companion');

const answer = 'abcdefghijklmnopqrstuvwxyz0123456789';
/** Three messages at most. */
const pagesOf = (words: string) => (words.match(/.{1,13}/gu) ?? ['']).map((piece) => [text(piece)]);

it('shows an answer exactly once, whatever fails on the way', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      mishaps,
      places,
      fc.array(fc.integer({ min: 1, max: answer.length }), { maxLength: 6 }),
      fc.boolean(),
      async (happening, place, growth, restarted) => {
        const discord = pretendDiscord(happening);
        const ports = writing(discord, place);
        let writer = openWriter(ports);
        for (const length of growth.sort((a, b) => a - b)) {
          writer.show(() => pagesOf(answer.slice(0, length)));
          await new Promise(setImmediate);
        }
        if (restarted) {
          // The question changed: another writer goes on with what stands.
          await writer.retire();
          writer = openWriter({ ...ports, standing: writer.standing() });
        }
        const failed = await writer
          .settle(() => pagesOf(answer))
          .then(
            () => false,
            () => true,
          );
        const seen = discord.texts();
        if (failed) expectNothingTwice(seen);
        else expect(seen.join('')).toBe(answer);
      },
    ),
    { numRuns: 1_500 },
  );
});

it('does not give up while there is a way left', { timeout: 60_000 }, async () => {
  // Never four failures in a row, and the bot can write where the question is.
  const passing = fc.array(
    fc.constantFrom<Mishap>('none', 'not-found', 'expire', 'archive', 'after'),
    { maxLength: 20 },
  );
  await fc.assert(
    fc.asyncProperty(passing, fc.constantFrom('message', 'public'), async (happening, place) => {
      const spaced = happening.flatMap((mishap): Mishap[] => [mishap, 'none', 'none']);
      const discord = pretendDiscord(spaced);
      const writer = openWriter(writing(discord, place));
      await writer.settle(() => pagesOf(answer));
      expect(discord.texts().join('')).toBe(answer);
    }),
    { numRuns: 500 },
  );
});

function writing(discord: ReturnType<typeof pretendDiscord>, place: string) {
  const handle = { application: '2', token: 'token', untilMs: Number.POSITIVE_INFINITY };
  const deferred: Slot[] =
    place === 'message'
      ? []
      : [
          {
            channel: '10',
            message: discord.defer(),
            through: handle,
            original: true,
            ephemeral: place === 'private',
          },
        ];
  const home: Home = {
    channel: place === 'message' || place === 'public' ? '10' : null,
    replyTo: place === 'message' ? '9' : null,
    instead: null,
    through: place === 'message' ? null : handle,
    ephemeral: place === 'private',
  };
  return {
    wire: openWire(discord.request, 0),
    now: () => 0,
    editEveryMs: 0,
    seed: 'turn',
    standing: { slots: deferred, posted: 0 },
    home: async () => home,
    seek: async () => undefined,
    stands: async () => undefined,
  };
}

/** Every letter is unique, so any that is seen twice was written twice. */
function expectNothingTwice(seen: readonly string[]): void {
  const letters = [...seen.join('')];
  expect(letters).toEqual([...new Set(letters)]);
}
