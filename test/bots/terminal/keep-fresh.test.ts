import { describe, expect, it } from 'vitest';
import { runsInARow } from '../../../bots/terminal/commands/keep-fresh.ts';

describe('runs in a row', () => {
  it('make one more run of all that was asked for meanwhile, and never two at once', async () => {
    let atOnce = 0;
    let runs = 0;
    const release: (() => void)[] = [];
    const index = runsInARow(async () => {
      atOnce += 1;
      runs += 1;
      expect(atOnce).toBe(1);
      const { promise, resolve } = Promise.withResolvers<void>();
      release.push(resolve);
      await promise;
      atOnce -= 1;
    });
    for (let change = 0; change < 1_000; change += 1) index.request();
    expect(runs).toBe(1);
    release.shift()?.();
    await Promise.resolve();
    await Promise.resolve();
    await Promise.resolve();
    expect(runs).toBe(2);
    release.shift()?.();
    await index.settled();
    expect(runs).toBe(2);
    index.request();
    release.shift()?.();
    await index.settled();
    expect(runs).toBe(3);
  });
});
