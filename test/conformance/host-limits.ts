import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { HostLimits } from '../../pipelines/queues/limits/port.ts';

export type OpenLimits = {
  readonly limits: HostLimits;
  /** A second connection to the same storage, as another process would have. */
  readonly other: HostLimits;
  close(): Promise<void>;
};

/** What pipelines/queues/limits/port.ts promises, for any adapter. `open` gives an empty storage. */
export function describeHostLimits(name: string, open: () => Promise<OpenLimits>): void {
  describe(`host limits on ${name}`, () => {
    let opened: OpenLimits;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());

    test('gives one turn at a host at a time, whoever asks', async () => {
      const { limits, other } = opened;
      const asked = await Promise.all(
        Array.from({ length: 20 }, (_, n) => (n % 2 ? limits : other).ask('a.example', 60_000)),
      );
      expect(asked.filter((waitMs) => waitMs === 0)).toHaveLength(1);
      for (const waitMs of asked.filter((each) => each !== 0)) {
        expect(waitMs).toBeGreaterThan(50_000);
        expect(waitMs).toBeLessThanOrEqual(60_000);
      }
    });

    test('gives hosts their turns apart from each other', async () => {
      expect(await opened.limits.ask('a.example', 60_000)).toBe(0);
      expect(await opened.limits.ask('b.example', 60_000)).toBe(0);
      expect(await opened.limits.ask('a.example:8080', 60_000)).toBe(0);
    });

    test('gives the next turn when the interval is over, and not before', async () => {
      const from = Date.now();
      expect(await opened.limits.ask('a.example', 150)).toBe(0);
      for (;;) {
        const waitMs = await opened.other.ask('a.example', 60_000);
        if (waitMs === 0) break;
        await wait(waitMs);
      }
      expect(Date.now() - from).toBeGreaterThanOrEqual(140);
      expect(await opened.limits.ask('a.example', 1)).toBeGreaterThan(0);
    });

    test('gives nobody a turn while a host is held off, and never shortens that', async () => {
      await opened.limits.holdOff('a.example', 60_000);
      await opened.limits.holdOff('a.example', 10);
      expect(await opened.other.ask('a.example', 10)).toBeGreaterThan(50_000);
      expect(await opened.limits.ask('a.example', 60_000)).toBeGreaterThan(50_000);
    });

    test('holds off a host whose turn is taken', async () => {
      expect(await opened.limits.ask('a.example', 10)).toBe(0);
      await opened.other.holdOff('a.example', 60_000);
      expect(await opened.limits.ask('a.example', 10)).toBeGreaterThan(50_000);
    });
  });
}
