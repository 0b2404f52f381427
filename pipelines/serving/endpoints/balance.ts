import { hash } from 'node:crypto';
import type { Place } from './place.ts';

/** An endpoint takes its own affine requests up to this many times the mean load … */
const boundOfMean = 1.25;
/** … and in any case up to this share of what it works on at once: so little costs less than a lost cache. */
const boundOfConcurrency = 0.25;

export type Wish = {
  readonly affinity: string | undefined;
  /** Endpoints that failed this request already. */
  readonly tried: ReadonlySet<Place>;
};

/** Where the request may go; `wait` where the ones that are well are all busy, `none` where none is to be asked. */
export function choose(
  places: readonly Place[],
  { affinity, tried }: Wish,
  concurrency: number,
  now: number,
): Place | 'wait' | 'none' {
  const [only] = places;
  if (places.length === 1 && only) return chooseOnly(only, concurrency);
  const allowed = places.filter(isOpenTo);
  if (allowed.length === 0) return places.some(isTrying) ? 'wait' : 'none';
  const roomy = preferred(allowed, (place) => place.healthy).filter(
    (place) => place.running < concurrency,
  );
  const untried = preferred(roomy, (place) => !tried.has(place));
  const candidates = preferred(untried, (place) => place.quietUntil <= now);
  const chosen =
    affinity === undefined
      ? leastLoaded(candidates)
      : affine(candidates, affinity, boundOf(allowed, concurrency));
  return chosen ?? 'wait';
}

function chooseOnly(place: Place, concurrency: number): Place | 'wait' | 'none' {
  if (!isOpenTo(place)) return isTrying(place) ? 'wait' : 'none';
  return place.running < concurrency ? place : 'wait';
}

const isOpenTo = (place: Place) => place.breaker.permits();
/** Half-open with its one attempt under way: soon it is known whether it is well. */
const isTrying = (place: Place) => place.breaker.state() === 'half-open';

/** Those that satisfy the wish; all where none does. */
function preferred(places: readonly Place[], wish: (place: Place) => boolean): readonly Place[] {
  const found = places.filter(wish);
  return found.length > 0 ? found : places;
}

/** Among equals the one that was used least, so that a quiet service uses them in turn. */
function leastLoaded(places: readonly Place[]): Place | undefined {
  const used = (place: Place) => place.succeeded + place.failed;
  return places.reduce<Place | undefined>((best, place) => {
    if (best === undefined || place.running < best.running) return place;
    return place.running === best.running && used(place) < used(best) ? place : best;
  }, undefined);
}

/**
 * Highest random weight (Thaler and Ravishankar 1998): of a lost endpoint's requests each finds its own next one,
 * the others stay where they are. With bounded loads (Mirrokni, Thorup and Zadimoghaddam 2016): a popular prefix
 * overflows to its second choice instead of queueing at its first.
 */
function affine(places: readonly Place[], affinity: string, bound: number): Place | undefined {
  const ranked = places
    .map((place) => ({ place, weight: hash('sha1', `${place.endpoint.url}\n${affinity}`) }))
    .sort((a, b) => (a.weight < b.weight ? 1 : -1))
    .map(({ place }) => place);
  return ranked.find((place) => place.running + 1 <= bound) ?? leastLoaded(ranked);
}

function boundOf(places: readonly Place[], concurrency: number): number {
  const running = places.reduce((sum, place) => sum + place.running, 0);
  const ofMean = Math.ceil((boundOfMean * (running + 1)) / places.length);
  return Math.max(ofMean, Math.ceil(boundOfConcurrency * concurrency));
}
