import type { FeatureStore } from '../stores/features/port.ts';
import type { FeatureEvent } from './events.ts';

/** A build that nobody went on with for this long is given up. */
const abandonedMs = 24 * 3_600_000;

/** Drops what no rollback leads to: all retired sets but the previous one, and abandoned builds. */
export async function* dropOldSets(
  features: FeatureStore,
  current: string,
): AsyncGenerator<FeatureEvent> {
  const previous = await features.previous();
  for (const { id, state, createdAt } of await features.sets()) {
    if (id === current || id === previous?.id) continue;
    const abandoned = state === 'building' && Date.parse(createdAt) < Date.now() - abandonedMs;
    if (state !== 'retired' && !abandoned) continue;
    await features.dropSet(id);
    yield { type: 'dropped', set: id };
  }
}
