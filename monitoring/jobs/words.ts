import type { Job } from '../../pipelines/queues/port.ts';

/** A stretch of time in its largest unit, as people say it: `12 s`, `4 min`, `3 h`, `9 days`. */
export function span(ms: number): string {
  const seconds = Math.max(0, ms) / 1_000;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 2 * 86_400) return `${Math.floor(seconds / 3_600)} h`;
  return `${Math.floor(seconds / 86_400)} days`;
}

/** `4 min ago`, `in 20 s`, `now`. */
export function when(iso: string, now: Date): string {
  const ms = Date.parse(iso) - now.getTime();
  if (Math.abs(ms) < 1_000) return 'now';
  return ms < 0 ? `${span(-ms)} ago` : `in ${span(ms)}`;
}

/** The moment itself: `2026-11-21 17:08:25 UTC`. */
export const moment = (iso: string): string => `${iso.slice(0, 19).replace('T', ' ')} UTC`;

/** What stands about a job, in a few words. */
export function standing(job: Job, now: Date): string {
  const { attempts, maxAttempts, waitsFor } = job;
  const ended = job.finishedAt === null ? '' : ` ${when(job.finishedAt, now)}`;
  switch (job.state) {
    case 'dead':
      return `dead${ended} after ${attempts} of ${maxAttempts} tries`;
    case 'cancelled':
      return `cancelled${ended}`;
    case 'done':
      return `done${ended}`;
    case 'running': {
      const since = job.startedAt === null ? '' : ` for ${lasting(job.startedAt, now)}`;
      const share = job.progress === null ? '' : `, ${Math.floor(job.progress * 100)} %`;
      return `running${since}${share}`;
    }
    case 'waiting': {
      if (waitsFor > 0) return `waits for ${waitsFor} other${waitsFor === 1 ? ' job' : ' jobs'}`;
      const tried = attempts === 0 ? '' : `, tried ${attempts} of ${maxAttempts} times`;
      const due = Date.parse(job.runAt) > now.getTime() ? 'starts' : 'due';
      return `${due} ${when(job.runAt, now)}${tried}`;
    }
    default:
      return job.state satisfies never;
  }
}

const lasting = (since: string, now: Date): string => span(now.getTime() - Date.parse(since));
