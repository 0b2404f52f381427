import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Sent } from '../protocol/lines.ts';
import type { Admission } from './admission.ts';

/** What the service counts of itself; names and units as Prometheus has them: seconds, totals. */
export type InferenceMetrics = {
  readonly registry: Registry;
  /** A question that was refused before it was answered, by the code of the refusal. */
  refused(code: string): void;
  /** Counts one answer from the lines that are sent of it. */
  begin(): { note(line: Sent): void; end(): void };
};

const secondsToText = [0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.2, 2, 4, 8, 16, 30];
const secondsInAll = [0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 60];

export function openInferenceMetrics(
  admission: Pick<Admission, 'running' | 'waiting'>,
): InferenceMetrics {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Counter({
    name: 'understudy_inference_requests_total',
    help: 'Questions by what became of them: answered, abstained, failed, refused, or left by who asked.',
    labelNames: ['outcome'] as const,
    registers,
  });
  const errors = new Counter({
    name: 'understudy_inference_errors_total',
    help: 'Questions that failed or were refused, by the code of the error.',
    labelNames: ['code'] as const,
    registers,
  });
  const fallbacks = new Counter({
    name: 'understudy_inference_fallbacks_total',
    help: 'What answers did without, by stage and reason.',
    labelNames: ['stage', 'reason'] as const,
    registers,
  });
  const firstToken = new Histogram({
    name: 'understudy_inference_first_token_seconds',
    help: 'From the question to the first text of its answer, the time in line included.',
    buckets: secondsToText,
    registers,
  });
  const duration = new Histogram({
    name: 'understudy_inference_duration_seconds',
    help: 'From the question to the end of its answer, the time in line included.',
    buckets: secondsInAll,
    registers,
  });
  for (const state of ['running', 'waiting'] as const) {
    new Gauge({
      name: `understudy_inference_${state}`,
      help: `Answers that are ${state} now.`,
      registers,
      collect() {
        this.set(admission[state]());
      },
    });
  }

  return {
    registry,
    refused(code) {
      requests.inc({ outcome: 'refused' });
      errors.inc({ code });
    },
    begin() {
      const beganMs = performance.now();
      const seconds = () => (performance.now() - beganMs) / 1_000;
      let spoke = false;
      let outcome = 'left';
      let ended = false;
      return {
        note(line) {
          if (line.type === 'text' && !spoke) {
            spoke = true;
            firstToken.observe(seconds());
          }
          if (line.type === 'done') {
            outcome = line.outcome;
            for (const { stage, reason } of line.fallbacks) fallbacks.inc({ stage, reason });
          }
          if (line.type === 'error' || line.type === 'failed') {
            outcome = 'failed';
            errors.inc({ code: line.error.code });
          }
        },
        end() {
          if (ended) return;
          ended = true;
          requests.inc({ outcome });
          duration.observe(seconds());
        },
      };
    },
  };
}
