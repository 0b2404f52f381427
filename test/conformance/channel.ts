import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStage, type Stage, until } from '../bots/conversation/stage.ts';

/** A platform as one person meets it, in one thread with the twin. */
export type ChannelDriver = {
  /** Asks the twin in the thread; resolves once it is sent, not once it is answered. */
  ask(text: string): Promise<void>;
  /** The platform delivers the last question once more. Absent where a platform cannot. */
  redeliver?(): Promise<void>;
  /** Presses stop, types Ctrl-C, or closes the tab. */
  stop(): Promise<void>;
  /** A thumb on the last answer. */
  rate(value: 'up' | 'down', reason: string | null): Promise<void>;
  /** Wants the last answer shorter, in place. Absent where a platform has no such button. */
  shorter?(): Promise<void>;
  edit?(text: string): Promise<void>;
  remove?(): Promise<void>;
  /** What the twin shows the person now, notices included, in order. */
  seen(): readonly string[];
  close(): Promise<void>;
};

/**
 * The same script of events, the same sequence of answers: what every channel owes its people, whatever it looks
 * like. Held by the page, the terminal, Slack and Discord.
 */
export function describeChannel(
  name: string,
  open: (stage: Stage) => Promise<ChannelDriver>,
  can: { readonly [Ability in 'redeliver' | 'shorter' | 'edit' | 'remove']: boolean },
): void {
  describe(`the channel ${name}`, () => {
    let stage: Stage;
    let driver: ChannelDriver;
    const start = async (change: Parameters<typeof openStage>[0] = {}) => {
      stage = await openStage({
        limits: { personPerMinute: null, channelPerMinute: null, local: true },
        ...change,
      });
      driver = await open(stage);
    };
    beforeEach(() => start());
    afterEach(async () => {
      stage.gate.open();
      await driver.close();
      await stage.close();
    });

    const answers = () => driver.seen().filter((text) => text.includes('You asked: '));
    const traced = async (count: number) => {
      for (let tries = 0; tries < 2_000; tries += 1) {
        if ((await stage.traces.counts()).traces >= count) return stage.traces.traces();
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      throw new Error(`There never were ${count} traces.`);
    };
    /** The last answer stands and is noted as given: a person has read it before they go on. */
    const given = async () => {
      for (let tries = 0; tries < 2_000; tries += 1) {
        const [latest] = await stage.traces.traces({ limit: 1 });
        const turns = latest ? await stage.state.turns(latest.thread, 20) : [];
        if (turns.length > 0 && turns.every(({ state }) => state !== 'running')) return;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      throw new Error('An answer was never finished.');
    };
    const asks = async (text: string, count: number) => {
      await driver.ask(text);
      await traced(count);
      await until(() => answers().some((answer) => answer.includes(`You asked: ${text}`)));
      await given();
    };

    test('answers a question once, and the answer is traced', async () => {
      await asks('Why is the sky blue?', 1);
      const [trace] = await stage.traces.traces();
      expect(trace).toMatchObject({ question: 'Why is the sky blue?', outcome: 'answered' });
      expect(answers()).toHaveLength(1);
    });

    test('answers questions in order, each with the thread behind it', async () => {
      await asks('Why is the sky blue?', 1);
      await asks('And why is it red at night?', 2);
      expect(answers()).toHaveLength(2);
      expect(stage.asked.at(-1)?.history.map(({ text }) => text)).toEqual([
        'Why is the sky blue?',
        'You asked: Why is the sky blue?',
      ]);
    });

    test('shows text before the answer is finished', async () => {
      stage.gate.holdEnd();
      await driver.ask('Why is the sky blue?');
      await until(() => answers().length === 1);
      expect((await stage.traces.counts()).traces).toBe(0);
      stage.gate.open();
      await traced(1);
    });

    test('shows an answer that comes a few letters at a time as one text', async () => {
      stage.gate.speakInPieces();
      await asks('Why is the sky blue, and why is it red at night?', 1);
      expect(answers()).toHaveLength(1);
    });

    test('says in one line what an answer had to do without', async () => {
      stage.gate.doWithout([
        { stage: 'understand', reason: 'late', code: 'understand.late' },
        { stage: 'rerank', reason: 'down', code: 'rerank.down' },
      ]);
      await asks('Why is the sky blue?', 1);
      await until(() => driver.seen().some((text) => text.includes('Part of my search was not')));
      expect(driver.seen().join('\n')).not.toContain('your words alone');
      const [trace] = await stage.traces.traces();
      expect(trace?.spans[0]?.attributes['fallbacks']).toHaveLength(2);
    });

    test('stops when asked to, says so, and goes on with the next question', async () => {
      stage.gate.holdEnd();
      await driver.ask('Why is the sky blue?');
      await until(() => answers().length === 1);
      await driver.stop();
      const [trace] = await traced(1);
      expect(trace).toMatchObject({ outcome: 'cancelled' });
      stage.gate.open();
      await asks('And why is it red at night?', 2);
    });

    test('passes thumbs on, the later one counting', async () => {
      await asks('Why is the sky blue?', 1);
      const thumb = async () => (await stage.traces.recentFeedback(5))[0];
      await driver.rate('up', null);
      for (let tries = 0; (await thumb())?.value !== 'up' && tries < 1_000; tries += 1) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      expect(await thumb()).toMatchObject({ value: 'up', reason: null });
      await driver.rate('down', 'It is not blue.');
      for (let tries = 0; (await thumb())?.reason === null && tries < 1_000; tries += 1) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      expect(await stage.traces.counts()).toMatchObject({ up: 0, down: 1 });
      const reason = (await thumb())?.reason;
      expect(reason).toContain('It is not blue.');
    });

    test('tells who asks too often when to come back', async () => {
      await driver.close();
      await stage.close();
      await start({ limits: { personPerMinute: 1, channelPerMinute: null, local: true } });
      await asks('Why is the sky blue?', 1);
      await driver.ask('And why is it red at night?');
      await until(() => driver.seen().some((text) => /wait \d+ seconds?/u.test(text)));
      expect(answers()).toHaveLength(1);
    });

    test('says honestly that an answer failed, and answers the next one', async () => {
      stage.gate.breakModel(true);
      await driver.ask('Why is the sky blue?');
      const [trace] = await traced(1);
      expect(trace).toMatchObject({ outcome: 'failed' });
      await until(() => driver.seen().some((text) => /went wrong|model is gone/u.test(text)));
      stage.gate.breakModel(false);
      await asks('And why is it red at night?', 2);
    });

    test('ends with an honest line what a restart cuts', async () => {
      stage.gate.holdEnd();
      await driver.ask('Why is the sky blue?');
      await until(() => answers().length === 1);
      await stage.conversation.drain(10);
      await until(() => driver.seen().some((text) => text.includes('I was restarted')));
      expect(answers()).toHaveLength(1);
    });

    test.runIf(can.redeliver)('answers what is delivered twice once', async () => {
      await asks('Why is the sky blue?', 1);
      await driver.redeliver?.();
      await asks('And why is it red at night?', 2);
      expect(answers()).toHaveLength(2);
      expect(await stage.traces.counts()).toMatchObject({ traces: 2 });
    });

    test.runIf(can.shorter)('replaces an answer that should be shorter', async () => {
      await asks('Why is the sky blue?', 1);
      await driver.shorter?.();
      await traced(2);
      await until(() => stage.asked.length === 2);
      expect(stage.asked[1]).toMatchObject({ text: 'Why is the sky blue?', length: 'short' });
    });

    test.runIf(can.edit)('replaces the answer of an edited question', async () => {
      await asks('Why is the sky blue?', 1);
      await driver.edit?.('Why is the sea blue?');
      await traced(2);
      await until(() => answers().some((text) => text.includes('You asked: Why is the sea blue?')));
      expect(answers()).toHaveLength(1);
    });

    test.runIf(can.remove)('takes back a running answer when its question goes', async () => {
      stage.gate.holdEnd();
      await driver.ask('Why is the sky blue?');
      await until(() => answers().length === 1);
      await driver.remove?.();
      const [trace] = await traced(1);
      expect(trace).toMatchObject({ outcome: 'cancelled' });
      await until(() => answers().length === 0);
    });
  });
}
