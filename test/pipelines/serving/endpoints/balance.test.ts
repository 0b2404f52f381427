import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { choose } from '../../../../pipelines/serving/endpoints/balance.ts';
import { openBreaker } from '../../../../pipelines/serving/endpoints/breaker.ts';
import type { Place } from '../../../../pipelines/serving/endpoints/place.ts';
import { manualClock } from './manual-clock.ts';

const clock = manualClock();

function place(url: string, changes: Partial<Place> = {}): Place {
  return {
    endpoint: { url },
    breaker: openBreaker(clock, () => {}),
    healthy: true,
    running: 0,
    succeeded: 0,
    failed: 0,
    quietUntil: 0,
    lastFailure: null,
    ...changes,
  };
}
const places = (count: number) =>
  Array.from({ length: count }, (_, at) => place(`http://10.0.0.${at + 1}:8080`));

function broken(url: string): Place {
  const breaker = openBreaker(clock, () => {});
  for (let at = 0; at < 5; at += 1) breaker.begin().failed();
  return place(url, { breaker });
}

const concurrency = 8;
const chosen = (among: readonly Place[], affinity?: string, tried: readonly Place[] = []) =>
  choose(among, { affinity, tried: new Set(tried) }, concurrency, clock.now());

describe('requests with an affinity', () => {
  const names = fc.string({ minLength: 1, maxLength: 40 });
  const sizes = fc.integer({ min: 2, max: 6 });

  test('go to the same endpoint each time, in whatever order the endpoints are set', () => {
    fc.assert(
      fc.property(names, sizes, (name, size) => {
        const all = places(size);
        const first = chosen(all, name) as Place;
        const again = chosen(all.toReversed(), name) as Place;
        expect(again.endpoint.url).toBe(first.endpoint.url);
      }),
    );
  });

  test('move only if theirs was lost, and come back with it', () => {
    fc.assert(
      fc.property(names, sizes, fc.nat(), (name, size, nth) => {
        const all = places(size);
        const lost = all[nth % size] as Place;
        const before = chosen(all, name) as Place;
        lost.healthy = false;
        const during = chosen(all, name) as Place;
        lost.healthy = true;
        expect(during).not.toBe(lost);
        if (before !== lost) expect(during).toBe(before);
        expect(chosen(all, name)).toBe(before);
      }),
    );
  });

  test('are spread over the endpoints by their names', () => {
    const all = places(4);
    const counts = new Map<unknown, number>();
    for (let at = 0; at < 4_000; at += 1) {
      const at_ = chosen(all, `adapter-${at}`);
      counts.set(at_, (counts.get(at_) ?? 0) + 1);
    }
    expect(counts.size).toBe(4);
    for (const count of counts.values()) expect(count).toBeGreaterThan(800);
  });

  test('overflow to another endpoint instead of crowding theirs', () => {
    const all = places(3);
    const home = chosen(all, 'popular') as Place;
    const taken = Array.from({ length: 12 }, () => {
      const at = chosen(all, 'popular') as Place;
      at.running += 1;
      return at;
    });
    // While there is little to do it stays where its cache is.
    expect(taken.slice(0, 2)).toEqual([home, home]);
    expect(new Set(taken).size).toBe(3);
    expect(Math.max(...all.map(({ running }) => running))).toBeLessThanOrEqual(5);
  });
});

describe('requests without', () => {
  test('go where the least is running, and in turn where as much is', () => {
    const all = places(3);
    const [first, second, third] = all as [Place, Place, Place];
    first.running = 2;
    second.running = 1;
    expect(chosen(all)).toBe(third);
    third.running = 1;
    second.succeeded = 4;
    expect(chosen(all)).toBe(third);
  });
});

describe('what may be asked', () => {
  test('the healthy before the others, the untried before those that failed it, the rested before the overloaded', () => {
    const [a, b, c] = places(3) as [Place, Place, Place];
    a.healthy = false;
    b.quietUntil = clock.now() + 1_000;
    expect(chosen([a, b, c])).toBe(c);
    expect(chosen([a, b, c], undefined, [c])).toBe(b);
    c.healthy = false;
    expect(chosen([a, b, c])).toBe(b);
    b.healthy = false;
    expect([a, c]).toContain(chosen([a, b, c]));
  });

  test('never one whose breaker is open, and none is told apart from all being busy', () => {
    const well = place('http://10.0.0.1');
    const sick = broken('http://10.0.0.2');
    for (const affinity of ['a', 'b', 'c', 'd', undefined]) {
      expect(chosen([sick, well], affinity)).toBe(well);
    }
    well.running = concurrency;
    expect(chosen([sick, well])).toBe('wait');
    expect(chosen([sick, broken('http://10.0.0.3')])).toBe('none');
    expect(chosen([sick])).toBe('none');
    expect(chosen([well])).toBe('wait');
  });

  test('rather waits for a healthy one than asks one that is not', () => {
    const [busy, unwell] = places(2) as [Place, Place];
    busy.running = concurrency;
    unwell.healthy = false;
    expect(chosen([busy, unwell])).toBe('wait');
  });

  test('no endpoint is ever given more than its concurrency', () => {
    const loads = fc.array(fc.integer({ min: 0, max: concurrency }), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(loads, fc.option(fc.string(), { nil: undefined }), (running, affinity) => {
        const all = places(running.length);
        for (const [at, one] of all.entries()) one.running = running[at] ?? 0;
        const found = chosen(all, affinity);
        if (found === 'wait') expect(running.every((load) => load === concurrency)).toBe(true);
        else expect((found as Place).running).toBeLessThan(concurrency);
      }),
    );
  });
});
