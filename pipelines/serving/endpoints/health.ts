import { addressOf, authorisation } from './address.ts';
import type { Clock } from './clock.ts';
import type { Place } from './place.ts';

/** Between two looks at a place, in milliseconds. */
const everyMs = 5_000;
/** Longest time a look may take, in milliseconds. */
const limitMs = 4_000;
/** Looks in a row that must fail before a place is avoided: one lost packet is not an outage. */
const failuresUntilAvoided = 2;

export type HealthWatch = {
  /** Begins or ends looking, as the places' state asks for it. */
  review(): void;
  stop(): void;
};

/**
 * Looks after the places in the background: while there are several to choose from, or one whose breaker is open. A
 * place that comes back is tried at once instead of when its breaker would have let it.
 */
export function watchHealth(
  places: readonly Place[],
  path: string,
  clock: Clock,
  changed: () => void,
): HealthWatch {
  const failures = new Map<Place, number>();
  let cancelTimer: (() => void) | null = null;
  let looking: AbortController | null = null;
  let stopped = false;

  const needed = () =>
    places.length > 1 || places.some(({ breaker }) => breaker.state() !== 'closed');
  const note = (place: Place, well: boolean) => {
    const before = failures.get(place) ?? 0;
    failures.set(place, well ? 0 : before + 1);
    const healthy = well || before + 1 < failuresUntilAvoided;
    if (healthy === place.healthy && !(well && before > 0)) return;
    place.healthy = healthy;
    if (well && before > 0) place.breaker.tryAgain();
    changed();
  };
  const look = async () => {
    cancelTimer = null;
    const controller = new AbortController();
    looking = controller;
    const cancelLimit = clock.after(limitMs, () => controller.abort(), true);
    const found = await Promise.all(
      places.map(async (place) => ({ place, well: await isWell(place, path, controller.signal) })),
    );
    cancelLimit();
    looking = null;
    if (stopped) return;
    for (const { place, well } of found) note(place, well);
    review();
  };
  const review = () => {
    if (stopped || looking !== null) return;
    if (!needed()) {
      cancelTimer?.();
      cancelTimer = null;
      failures.clear();
      for (const place of places) place.healthy = true;
    } else {
      cancelTimer ??= clock.after(everyMs, () => void look(), true);
    }
  };
  return {
    review,
    stop() {
      stopped = true;
      cancelTimer?.();
      looking?.abort();
    },
  };
}

async function isWell({ endpoint }: Place, path: string, signal: AbortSignal): Promise<boolean> {
  try {
    const headers = authorisation(endpoint);
    const response = await fetch(addressOf(endpoint, path), {
      headers,
      signal,
      redirect: 'manual',
    });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
