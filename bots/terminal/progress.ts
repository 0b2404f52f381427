import { type Options, SingleBar } from 'cli-progress';
import type { Output } from './output.ts';
import { counted, duration } from './output.ts';

/** Long work as seen from outside: how far, how fast, how long still. */
export type Progress = {
  /** Total so far known; grows while a crawler is still finding things. */
  total(count: number): void;
  /** One more is done. */
  step(what?: string): void;
  /** Ends the bar; call it always, also after a failure. */
  stop(): void;
};

/** Plain lines are for logs: often enough to see life, seldom enough to read. */
const plainIntervalMs = 5_000;

/** A bar with rate and ETA on a terminal, plain lines now and then elsewhere, nothing in between. */
export function openProgress(
  output: Pick<Output, 'interactive' | 'note'>,
  label: string,
  unit: string,
  now: () => number = () => performance.now(),
): Progress {
  return output.interactive ? bar(label, unit, now) : plainLines(output, label, unit, now);
}

function bar(label: string, unit: string, now: () => number): Progress {
  const options: Options = {
    format: `${label} {bar} {percentage}% · {value}/{total} ${unit} · {rate}/s · {eta_formatted} left`,
    barCompleteChar: '━',
    barIncompleteChar: '─',
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    etaBuffer: 200,
    fps: 10,
    stream: process.stderr,
  };
  const shown = new SingleBar(options);
  const startedAt = now();
  let done = 0;
  const rate = () => Math.round(done / Math.max(0.001, (now() - startedAt) / 1_000));
  shown.start(0, 0, { rate: 0 });
  return {
    total: (count) => shown.setTotal(count),
    step: () => shown.update(++done, { rate: rate() }),
    stop: () => shown.stop(),
  };
}

function plainLines(
  output: Pick<Output, 'note'>,
  label: string,
  unit: string,
  now: () => number,
): Progress {
  const startedAt = now();
  let spokeAt = startedAt;
  let done = 0;
  let total = 0;
  return {
    total: (count) => {
      total = count;
    },
    step: () => {
      done += 1;
      if (now() - spokeAt < plainIntervalMs) return;
      spokeAt = now();
      const perMs = done / (spokeAt - startedAt);
      const left = total > done ? `, about ${duration((total - done) / perMs)} left` : '';
      const of = total > 0 ? ` of ${total.toLocaleString('en-GB')}` : '';
      output.note(
        `${label}: ${counted(done, unit, unit)}${of}, ${Math.round(perMs * 1_000)}/s${left}`,
      );
    },
    stop: () => undefined,
  };
}
