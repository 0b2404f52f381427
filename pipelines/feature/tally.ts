import type { FeatureEvent } from './events.ts';

/** Counts the documents of a run as they pass, for its summary. */
export class Tally {
  readonly failed = new Set<string>();
  readonly #startedAt = performance.now();
  #documents = 0;
  #removed = 0;
  #chunks = 0;

  add(event: FeatureEvent): void {
    if (event.type !== 'document') return;
    if (event.outcome === 'failed') this.failed.add(event.documentId);
    if (event.outcome === 'removed') this.#removed++;
    if (event.outcome === 'put') {
      this.#documents++;
      this.#chunks += event.chunks;
      this.failed.delete(event.documentId);
    }
  }

  summary(set: string): FeatureEvent {
    const durationMs = performance.now() - this.#startedAt;
    const perSecond = (count: number) => (durationMs > 0 ? (count * 1_000) / durationMs : 0);
    return {
      type: 'summary',
      set,
      documents: this.#documents,
      removed: this.#removed,
      failed: this.failed.size,
      chunks: this.#chunks,
      durationMs,
      documentsPerSecond: perSecond(this.#documents),
      chunksPerSecond: perSecond(this.#chunks),
    };
  }
}
