import type { Usage } from '../../serving/language-model/port.ts';
import type { DocumentEvent, FeatureEvent, Reason } from '../events.ts';

/** Adds up the headers of a run's documents. */
export class HeadersTally {
  #written = 0;
  #missing = 0;
  #reason: Reason | null = null;
  #usage: Usage = { promptTokens: 0, completionTokens: 0, costUsd: 0 };

  add({ headers }: DocumentEvent): void {
    if (!headers) return;
    this.#written += headers.written;
    this.#missing += headers.missing;
    this.#reason ??= headers.reason;
    this.#usage = sumOf(this.#usage, headers.usage);
  }

  /** Nothing where nothing was asked for. */
  *told(set: string): Generator<FeatureEvent> {
    if (this.#written + this.#missing === 0) return;
    const counts = { written: this.#written, missing: this.#missing };
    yield { type: 'headers-written', set, ...counts, usage: this.#usage, reason: this.#reason };
  }
}

/** Once a price is unknown, so is the sum. */
export function sumOf(a: Usage, b: Usage | null): Usage {
  const [one, other] = [a.costUsd, b?.costUsd ?? null];
  return {
    promptTokens: a.promptTokens + (b?.promptTokens ?? 0),
    completionTokens: a.completionTokens + (b?.completionTokens ?? 0),
    costUsd: one === null || other === null ? null : one + other,
  };
}
