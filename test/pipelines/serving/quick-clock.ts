import { type Clock, systemClock } from '../../../pipelines/serving/endpoints/clock.ts';

/** Waits of less than ten seconds (backoffs) end at once; longer ones are limits, and stay. */
export const quickClock: Clock = {
  now: systemClock.now,
  after: (ms, wake, background) => systemClock.after(ms < 10_000 ? 0 : ms, wake, background),
};
