import { describe, expect, it } from 'vitest';
import { within } from '../../bots/within.ts';

const never = new Promise<never>(() => undefined);

describe('within', () => {
  it('gives what is there in time, a failure too', async () => {
    expect(await within(Promise.resolve('done'), 60_000)).toBe('done');
    await expect(within(Promise.reject(new Error('broken')), 60_000)).rejects.toThrow('broken');
  });

  it('says that it is late, also where no time was left from the start', async () => {
    expect(await within(never, 1)).toBe('late');
    expect(await within(never, Number.NEGATIVE_INFINITY)).toBe('late');
  });
});
