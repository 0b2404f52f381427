import { expect, test } from 'vitest';
import { jobsByTrouble } from '../../../monitoring/jobs/look.ts';
import { span, standing, when } from '../../../monitoring/jobs/words.ts';
import { type Job, jobStates } from '../../../pipelines/queues/port.ts';

const now = new Date('2026-11-21T12:00:00.000Z');
const at = (minutes: number) => new Date(now.getTime() + minutes * 60_000).toISOString();

const job = (key: string, changes: Partial<Job>): Job => ({
  id: key,
  queue: 'collect',
  key,
  group: null,
  payload: {},
  state: 'waiting',
  attempts: 0,
  maxAttempts: 5,
  reason: null,
  progress: null,
  waitsFor: 0,
  createdAt: at(-60),
  runAt: at(-60),
  startedAt: null,
  finishedAt: null,
  ...changes,
});

test('jobs are listed by how much they want to be looked at, the newest problem first', async () => {
  const all = [
    job('done', { state: 'done', startedAt: at(-1), finishedAt: at(0) }),
    job('next in line', { runAt: at(-50) }),
    job('old death', { state: 'dead', reason: 'x', finishedAt: at(-40) }),
    job('to be tried again', { reason: 'x', attempts: 1, startedAt: at(-30), runAt: at(90) }),
    job('first in line', { runAt: at(-55) }),
    job('runs', { state: 'running', startedAt: at(-20) }),
    job('new death', { state: 'dead', reason: 'x', finishedAt: at(-35) }),
    job('called off', { state: 'cancelled', finishedAt: at(-2) }),
    job('began later', { state: 'running', startedAt: at(-10) }),
  ];
  const queues = {
    jobs: async (filter: { state?: Job['state'] } = {}) =>
      all.filter(({ state }) => state === filter.state),
  };
  const listed = await jobsByTrouble(queues, { states: jobStates });
  expect(listed.map(({ key }) => key)).toEqual([
    'new death',
    'old death',
    'to be tried again',
    'began later',
    'runs',
    'first in line',
    'next in line',
    'called off',
    'done',
  ]);
});

test.each([
  [{ state: 'dead', attempts: 5, finishedAt: at(-4) }, 'dead 4 min ago after 5 of 5 tries'],
  [{ state: 'running', startedAt: at(-2), progress: 0.429 }, 'running for 2 min, 42 %'],
  [{ runAt: at(3) }, 'starts in 3 min'],
  [{ runAt: at(-3), attempts: 1 }, 'due 3 min ago, tried 1 of 5 times'],
  [{ waitsFor: 1 }, 'waits for 1 other job'],
  [{ waitsFor: 2 }, 'waits for 2 other jobs'],
  [{ state: 'cancelled', finishedAt: at(0) }, 'cancelled now'],
  [{ state: 'done', finishedAt: at(-180) }, 'done 3 h ago'],
] as const)('%j stands so that a person understands it', (changes, words) => {
  expect(standing(job('a', changes), now)).toBe(words);
});

test('times are told in their largest unit', () => {
  const hour = 3_600_000;
  const spans = [0, 59_999, 60_000, hour - 1, hour, 47 * hour, 48 * hour, -5];
  expect(spans.map(span)).toEqual([
    '0 s',
    '59 s',
    '1 min',
    '59 min',
    '1 h',
    '47 h',
    '2 days',
    '0 s',
  ]);
  expect([at(-90), at(90), at(0)].map((iso) => when(iso, now))).toEqual([
    '1 h ago',
    'in 1 h',
    'now',
  ]);
});
