import type { FeatureEvent } from '../../../pipelines/feature/sync.ts';
import { rollback, syncFeatures } from '../../../pipelines/feature/sync.ts';
import { type ExitCode, exitCodes } from '../exit.ts';
import type { House } from '../house.ts';
import { counted, duration, type Output } from '../output.ts';
import { openProgress, type Progress } from '../progress.ts';

export type FeaturesOptions = { readonly rebuild: boolean; readonly rollback: boolean };

/** Brings the feature store up to the warehouse, or goes back to the set before. */
export async function runFeatures(
  house: House,
  options: FeaturesOptions,
  output: Output,
  signal: AbortSignal,
): Promise<ExitCode> {
  const events = options.rollback
    ? rollback(house, { signal })
    : syncFeatures(house, { rebuild: options.rebuild, signal });
  return await reportFeatures(events, output);
}

/** Follows an indexing run to its end; the answer is no when something could not be done. */
export async function reportFeatures(
  events: AsyncIterable<FeatureEvent>,
  output: Output,
): Promise<ExitCode> {
  let progress: Progress | undefined;
  let exitCode: ExitCode = exitCodes.done;
  try {
    for await (const event of events) {
      output.data(event);
      if (event.type === 'plan') {
        progress?.stop();
        progress = openProgress(output, 'Indexing', 'documents');
        progress.total(event.put + event.remove);
        continue;
      }
      if (event.type === 'document') progress?.step();
      else progress?.stop();
      if (isProblem(event)) exitCode = exitCodes.no;
      const said = sentence(event);
      if (said !== undefined) (isProblem(event) ? output.note : output.line)(said);
    }
  } finally {
    progress?.stop();
  }
  return exitCode;
}

function isProblem(event: FeatureEvent): boolean {
  return event.type === 'refused' || (event.type === 'document' && event.outcome === 'failed');
}

/** What a person is told of an event; most documents go without saying. */
function sentence(event: FeatureEvent): string | undefined {
  switch (event.type) {
    case 'plan':
      return undefined;
    case 'document':
      if (event.outcome !== 'failed') return undefined;
      return `  ! ${event.title ?? event.documentId}: ${event.reason?.message ?? 'failed'}`;
    case 'held':
      return `${event.reason.message} ${event.reason.hint ?? ''}`.trim();
    case 'refused':
      return `The new feature set ${event.set} was not switched to: ${event.reason.message}`;
    case 'switched':
      return event.from === null ? undefined : `Switched from ${event.from} to ${event.set}.`;
    case 'dropped':
      return `Dropped ${event.set}, which is not needed for going back any more.`;
    case 'behind':
      return `${event.set} is ${counted(event.documents, 'document')} behind and cannot be brought up to date by this version.`;
    case 'summary':
      return summaryLine(event);
    default:
      return event satisfies never;
  }
}

function summaryLine(event: Extract<FeatureEvent, { type: 'summary' }>): string {
  const changes = [
    `${counted(event.documents, 'document')} indexed`,
    ...(event.removed > 0 ? [`${event.removed} removed`] : []),
    ...(event.failed > 0 ? [`${event.failed} failed`] : []),
    `${counted(event.chunks, 'passage')} written`,
  ];
  return `Indexed in ${duration(event.durationMs)}: ${changes.join(', ')}. Feature set ${event.set}.`;
}
