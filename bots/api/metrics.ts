import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ReplyEvent } from '../conversation/channel.ts';

/** What the API counts of itself; names and units as Prometheus has them: seconds, totals. */
export type ApiMetrics = {
  readonly registry: Registry;
  /** @param route as it was declared, so that ids in paths make no series of their own. */
  request(route: string, method: string, status: number, seconds: number): void;
  replayed(): void;
  refused(): void;
  /** Passes an answer's events on, and counts what they come to; `beganMs` as `performance.now()` has it. */
  observed(events: AsyncIterable<ReplyEvent>, beganMs: number): AsyncIterable<ReplyEvent>;
};

const secondsOfRequests = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const secondsToText = [0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.2, 2, 4, 8, 16, 30];

/** @param running how many answers are being waited for now. */
export function openMetrics(running: () => number): ApiMetrics {
  const registry = new Registry();
  const registers = [registry];
  const labelNames = ['route', 'method', 'status'] as const;
  const requests = new Counter({
    name: 'understudy_api_requests_total',
    help: 'Requests by route, method and status.',
    labelNames,
    registers,
  });
  const durations = new Histogram({
    name: 'understudy_api_request_duration_seconds',
    help: 'From the first byte of a request to the last of its response.',
    labelNames,
    buckets: secondsOfRequests,
    registers,
  });
  const answers = new Counter({
    name: 'understudy_api_answers_total',
    help: 'Questions by what became of them.',
    labelNames: ['outcome'] as const,
    registers,
  });
  const firstText = new Histogram({
    name: 'understudy_api_first_text_seconds',
    help: 'From the question to the first text of its answer.',
    buckets: secondsToText,
    registers,
  });
  const fallbacks = new Counter({
    name: 'understudy_api_fallbacks_total',
    help: 'What answers did without, by stage and reason.',
    labelNames: ['stage', 'reason'] as const,
    registers,
  });
  new Gauge({
    name: 'understudy_api_answers_running',
    help: 'Answers that clients wait for now.',
    registers,
    collect() {
      this.set(running());
    },
  });

  return {
    registry,
    request(route, method, status, seconds) {
      const labels = { route, method, status: String(status) };
      requests.inc(labels);
      durations.observe(labels, seconds);
    },
    replayed: () => answers.inc({ outcome: 'replayed' }),
    refused: () => answers.inc({ outcome: 'refused' }),
    async *observed(events, beganMs) {
      let spoke = false;
      let outcome = 'stopped';
      try {
        for await (const event of events) {
          if (event.type === 'text' && !spoke) {
            spoke = true;
            firstText.observe((performance.now() - beganMs) / 1_000);
          }
          if (event.type === 'done') {
            outcome = event.outcome;
            for (const { stage, reason } of event.fallbacks) fallbacks.inc({ stage, reason });
          }
          if (event.type === 'error') outcome = 'failed';
          if (event.type === 'notice') outcome = 'refused';
          yield event;
        }
      } finally {
        answers.inc({ outcome });
      }
    },
  };
}
