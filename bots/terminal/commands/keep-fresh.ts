import { watch } from '../../../pipelines/collection/collect.ts';
import { type FeaturePipeline, syncFeatures } from '../../../pipelines/feature/sync.ts';
import { explain } from '../exit.ts';
import { counted, type Output } from '../output.ts';

/** Indexes what changes until the signal aborts. A thousand files changed at once are a run or two, not a thousand. */
export async function keepFresh(
  house: FeaturePipeline,
  origins: readonly string[],
  settings: Parameters<typeof watch>[2] & { readonly signal: AbortSignal },
  output: Output,
): Promise<void> {
  const { signal } = settings;
  const index = runsInARow(async () => {
    try {
      for await (const event of syncFeatures(house, { signal })) {
        if (event.type === 'summary') output.note(`indexed ${counted(event.chunks, 'passage')}`);
      }
    } catch (error) {
      // The next change tries again, and finds this one's work as well.
      if (!signal.aborted) output.note(`not indexed: ${explain(error).message}`);
    }
  });
  for await (const event of watch(origins, house, settings)) {
    if (event.type === 'item' && event.outcome !== 'unchanged') {
      output.line(`${event.outcome}  ${event.link}`);
    }
    // Once for all that a look at the origin found, however many files that is.
    if (event.type === 'origin-finished') index.request();
  }
  await index.settled();
}

/** Runs a task on request, never twice at once: what is asked for while it runs is one more run after it. */
export function runsInARow(task: () => Promise<void>): {
  request(): void;
  settled(): Promise<void>;
} {
  let running: Promise<void> | undefined;
  let again = false;
  const run = async () => {
    do {
      again = false;
      await task();
    } while (again);
    running = undefined;
  };
  return {
    request() {
      again = true;
      running ??= run();
    },
    settled: async () => await running,
  };
}
