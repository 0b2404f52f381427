import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { endOfMessage, messageText } from '../../../bots/slack/stream/cut.ts';
import type { ScreenOptions } from '../../../bots/slack/stream/options.ts';
import { openScreen } from '../../../bots/slack/stream/screen.ts';
import { openWall, type Trouble } from './wall.ts';

const options: ScreenOptions = {
  lengths: { soft: 9_000, hard: 11_000 },
  streams: true,
  reuse: [],
  stands: async () => undefined,
  appendEveryMs: 0,
  editEveryMs: 0,
  statusAfterMs: 0,
  stopGraceMs: 0,
  retryMs: 0,
};

const none: readonly Trouble[] = [];

describe('an answer on its way', () => {
  test('grows in one message and is closed with what stands under it', async () => {
    const wall = openWall(none);
    const screen = openScreen(wall.surface, options);
    for (const text of ['One.', 'One. Two.', 'One. Two. Three.']) {
      screen.show(() => text);
      await wall.calm();
    }
    await screen.close('One. Two. Three. End.', 'buttons');
    expect(wall.visible()).toEqual(['One. Two. Three. End.']);
    expect(wall.closings()).toEqual(['buttons']);
    expect(wall.calls()).toEqual(['start', 'append', 'append', 'stop']);
  });

  test('is one call when all of it is there at once', async () => {
    const wall = openWall(none);
    const screen = openScreen(wall.surface, { ...options, streams: false });
    await screen.close('All of it.', 'buttons');
    expect(wall.calls()).toEqual(['post']);
    expect(wall.visible()).toEqual(['All of it.']);
  });

  test('takes everything that came during a call along with the next one', async () => {
    const wall = openWall(none);
    const screen = openScreen(wall.surface, options);
    wall.hold();
    screen.show(() => 'a');
    await wall.until(() => wall.held() === 1);
    for (const text of ['ab', 'abc', 'abcd']) screen.show(() => text);
    wall.release();
    await wall.calm();
    await screen.close('abcd', 'buttons');
    expect(wall.calls()).toEqual(['start', 'append', 'stop']);
  });

  test('goes on in a fresh message with only what was not shown when the stream expired', async () => {
    const wall = openWall([{ at: 1, kind: 'refused', error: 'message_not_in_streaming_state' }]);
    const screen = openScreen(wall.surface, options);
    screen.show(() => 'First. ');
    await wall.calm();
    screen.show(() => 'First. Second. ');
    await wall.until(() => wall.visible().length === 2);
    await wall.calm();
    await screen.close('First. Second. Third.', 'buttons');
    expect(wall.visible()).toEqual(['First. ', 'Second. Third.']);
  });

  test('is edited in place when the stream expired with nothing left to add', async () => {
    const wall = openWall([{ at: 1, kind: 'refused', error: 'message_not_in_streaming_state' }]);
    const screen = openScreen(wall.surface, options);
    screen.show(() => 'All.');
    await wall.calm();
    await screen.close('All.', 'buttons');
    expect(wall.visible()).toEqual(['All.']);
    expect(wall.calls()).toEqual(['start', 'stop', 'edit']);
  });

  test('replaces the message after an append of which nobody knows what became', async () => {
    for (const effect of [true, false]) {
      const wall = openWall([{ at: 1, kind: 'unknown', effect }]);
      const screen = openScreen(wall.surface, options);
      screen.show(() => 'One. ');
      await wall.calm();
      screen.show(() => 'One. Two. ');
      await wall.calm();
      await screen.close('One. Two. Three.', 'buttons');
      expect(wall.visible()).toEqual(['One. Two. Three.']);
    }
  });

  test('looks for a message of which nobody knows whether it was begun', async () => {
    for (const effect of [true, false]) {
      const wall = openWall([{ at: 0, kind: 'unknown', effect }]);
      const screen = openScreen(wall.surface, options);
      screen.show(() => 'One. ');
      await wall.calm();
      await screen.close('One. Two.', 'buttons');
      expect(wall.visible()).toEqual(['One. Two.']);
      expect(wall.calls()).toContain('find');
    }
  });

  test('is posted and edited where streams cannot be had', async () => {
    const wall = openWall([{ at: 0, kind: 'refused', error: 'missing_recipient_team_id' }]);
    const screen = openScreen(wall.surface, options);
    screen.show(() => 'One. ');
    await wall.calm();
    await screen.close('One. Two.', 'buttons');
    expect(wall.visible()).toEqual(['One. Two.']);
    expect(wall.calls()).toEqual(['start', 'post', 'edit']);
  });

  test('goes on in the next message when Slack takes less than it should', async () => {
    const wall = openWall([], { most: 900 });
    const screen = openScreen(wall.surface, options);
    const text = Array.from({ length: 60 }, (_, n) => `This is paragraph ${n} of a long answer.`);
    const answer = text.join('\n\n');
    screen.show(() => answer.slice(0, 400));
    await wall.calm();
    await screen.close(answer, 'buttons');
    expect(wall.visible().join('')).toBe(answer);
    expect(wall.visible().length).toBeGreaterThan(2);
    expect(wall.closings()).toEqual(['buttons']);
  });

  test('takes the place of an answer that stands, and removes what it does not need of it', async () => {
    const wall = openWall(none);
    const old = [wall.place('old, part one'), wall.place('old, part two')];
    const screen = openScreen(wall.surface, { ...options, reuse: old });
    screen.show(() => 'New.');
    await wall.calm();
    await screen.close('New. All.', 'buttons');
    expect(wall.visible()).toEqual(['New. All.']);
  });

  test('is posted anew when the message that it should replace is gone', async () => {
    const wall = openWall(none);
    const screen = openScreen(wall.surface, { ...options, reuse: ['gone'] });
    screen.show(() => 'New.');
    await wall.calm();
    await screen.close('New.', 'buttons');
    expect(wall.visible()).toEqual(['New.']);
  });

  test('is written anew in its message when it turns out to begin otherwise', async () => {
    const wall = openWall(none);
    const screen = openScreen(wall.surface, options);
    screen.show(() => 'An early thought');
    await wall.calm();
    await screen.close('Another one.', 'buttons');
    expect(wall.visible()).toEqual(['Another one.']);
  });

  test('takes its status away when nothing was said, and everything when the question is gone', async () => {
    const quiet = openWall(none);
    const unsaid = openScreen(quiet.surface, options);
    unsaid.status('retrieving');
    await quiet.until(() => quiet.statuses().length === 1);
    await unsaid.clear();
    expect(quiet.statuses()).toEqual(['retrieving', null]);

    const wall = openWall(none);
    const screen = openScreen(wall.surface, options);
    screen.show(() => 'Something');
    await wall.calm();
    await screen.clear();
    expect(wall.visible()).toEqual([]);
  });

  test('a refusal that cannot be mended is thrown when the answer is to be closed', async () => {
    const wall = openWall([
      { at: 0, kind: 'refused', error: 'is_archived' },
      { at: 1, kind: 'refused', error: 'is_archived' },
    ]);
    const screen = openScreen(wall.surface, options);
    screen.show(() => 'Never seen');
    await expect(screen.close('Never seen', 'buttons')).rejects.toThrow('is_archived');
    expect(wall.visible()).toEqual([]);
  });

  test('an answer that grew while Slack could not be reached is whole once it can be', async () => {
    for (const at of [0, 1, 2]) {
      const wall = openWall([{ at, kind: 'outage', calls: 30 }]);
      const screen = openScreen(wall.surface, options);
      screen.show(() => 'One. ');
      await wall.calm();
      screen.show(() => 'One. Two. ');
      await wall.calm();
      for (let quiet = 0; quiet < 40; quiet += 1) await wall.surface.find([]);
      await screen.close('One. Two. Three.', 'buttons');
      expect(wall.visible()).toEqual(['One. Two. Three.']);
    }
  });

  test('whatever fails in between, people read the answer exactly once', async () => {
    const trouble = fc.oneof(
      fc.record({ kind: fc.constant('unknown' as const), effect: fc.boolean() }),
      fc.record({
        kind: fc.constant('refused' as const),
        error: fc.constantFrom('message_not_in_streaming_state', 'msg_too_long'),
      }),
      fc.record({ kind: fc.constant('expire' as const) }),
      fc.record({ kind: fc.constant('outage' as const), calls: fc.integer({ min: 1, max: 4 }) }),
      fc.record({ kind: fc.constant('vanish' as const) }),
    );
    const words = fc.stringMatching(/^[a-z]{1,40}$/u);
    const paragraphs = fc.array(fc.array(words, { minLength: 1, maxLength: 30 }), {
      minLength: 1,
      maxLength: 30,
    });
    await fc.assert(
      fc.asyncProperty(
        paragraphs,
        fc.array(fc.tuple(fc.nat(25), trouble), { maxLength: 8 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 }),
        fc.boolean(),
        fc.nat(2),
        async (said, troubles, stops, streams, replaced) => {
          const vanishing = troubles.filter(([, { kind }]) => kind === 'vanish').length;
          fc.pre(vanishing <= 2);
          // A longer one than the patience with it ends in an honest failure.
          const away = troubles.map(([, each]) => (each.kind === 'outage' ? each.calls : 0));
          fc.pre(away.reduce((sum, calls) => sum + calls, 0) <= 5);
          const answer = said.map((each) => each.join(' ')).join('\n\n');
          const wall = openWall(
            troubles.map(([at, each]) => ({ ...each, at })),
            { most: 6_000 },
          );
          const reuse = Array.from({ length: replaced }, () => wall.place('what stood here'));
          const screen = openScreen(wall.surface, {
            ...options,
            lengths: { soft: 1_500, hard: 2_500 },
            streams,
            reuse,
          });
          for (const share of stops.toSorted((a, b) => a - b)) {
            screen.show(() => answer.slice(0, Math.floor(share * answer.length)));
            await wall.calm();
          }
          await screen.close(answer, 'buttons');
          expect(wall.visible().join('')).toBe(answer);
          expect(wall.closings()).toEqual(['buttons']);
          expect(wall.streaming()).toBe(0);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('where a long answer is cut', () => {
  test('at a paragraph, never inside a fence, and at the same place however much follows', () => {
    const code = `\`\`\`ts\n${'const line = 1;\n\n'.repeat(8)}\`\`\``;
    const text = `Intro.\n\n${code}\n\nAfter the code.\n\nAnd more.`;
    const lengths = { soft: 40, hard: 400 };
    const end = endOfMessage(text, 0, 0, lengths);
    expect(text.slice(end ?? 0)).toBe('After the code.\n\nAnd more.');
    expect(endOfMessage(`${text} ${'x '.repeat(500)}`, 0, 0, lengths)).toBe(end);
  });

  test('in a fence that is too long the fence is closed and opened again', () => {
    const text = `\`\`\`ts\n${'const line = 1;\n'.repeat(40)}\`\`\``;
    const end = endOfMessage(text, 0, 0, { soft: 80, hard: 100 }) ?? 0;
    expect(messageText(text, 0, end, true)).toMatch(/\n```$/u);
    expect(messageText(text, end, text.length, true)).toMatch(/^```ts\nconst/u);
  });

  test('an emoji stays whole', () => {
    const text = '🎭'.repeat(200);
    const end = endOfMessage(text, 0, 0, { soft: 90, hard: 101 }) ?? 0;
    expect(text.slice(0, end).isWellFormed()).toBe(true);
  });
});
