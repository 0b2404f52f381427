import { createInterface } from 'node:readline/promises';
import type { HeadersPlanned } from '../../../pipelines/feature/events.ts';
import type { FeatureEvent, FeaturePipeline } from '../../../pipelines/feature/sync.ts';
import { rollback, syncFeatures } from '../../../pipelines/feature/sync.ts';
import { type ExitCode, exitCodes } from '../exit.ts';
import { counted, duration, type Output } from '../output.ts';
import { openProgress, type Progress } from '../progress.ts';

export type FeaturesOptions = {
  readonly rebuild: boolean;
  readonly rollback: boolean;
  /** Headers are written without asking whether their price is right. */
  readonly yes: boolean;
};

/** Brings the feature store up to the warehouse, or goes back to the set before. */
export async function runFeatures(
  pipeline: FeaturePipeline,
  options: FeaturesOptions,
  output: Output,
  signal: AbortSignal,
): Promise<ExitCode> {
  const events = options.rollback
    ? rollback(pipeline, { signal })
    : syncFeatures(pipeline, { rebuild: options.rebuild, signal });
  return await reportFeatures(events, output, options.yes ? async () => true : approved);
}

/** Whether the headers may cost what they are planned to: asked where somebody can answer. */
async function approved(plan: HeadersPlanned, output: Output): Promise<boolean> {
  if (plan.passages === 0 || !process.stdin.isTTY || !output.interactive) return true;
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/iu.test((await prompt.question('Write them? [y/N] ')).trim());
  } finally {
    prompt.close();
  }
}

/** Follows an indexing run to its end; the answer is no when something could not be done. */
export async function reportFeatures(
  events: AsyncIterable<FeatureEvent>,
  output: Output,
  approve: (plan: HeadersPlanned, output: Output) => Promise<boolean> = async () => true,
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
      if (event.type === 'headers-planned' && !(await approve(event, output))) {
        output.note('Nothing was indexed. LLM_HEADERS=off indexes without headers.');
        return exitCodes.no;
      }
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
    case 'headers-planned':
      return event.passages === 0 ? undefined : headersLine(event);
    case 'headers-written':
      return writtenLine(event);
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

function headersLine({ model, documents, passages, calls, ...plan }: HeadersPlanned): string {
  const tokens = `about ${plan.promptTokens.toLocaleString('en-GB')} tokens read and ${plan.replyTokens.toLocaleString('en-GB')} written`;
  const cost = plan.costUsd === null ? 'LLM_PRICES would tell the cost' : dollars(plan.costUsd);
  return `Headers for ${counted(passages, 'passage')} of ${counted(documents, 'document')} by ${model}: ${counted(calls, 'request')}, ${tokens}, ${cost}.`;
}

function writtenLine({
  written,
  missing,
  usage,
  reason,
}: Extract<FeatureEvent, { type: 'headers-written' }>): string | undefined {
  if (written + missing === 0) return undefined;
  const cost = usage.costUsd === null ? '' : `, ${dollars(usage.costUsd)}`;
  const left =
    missing === 0
      ? ''
      : ` ${counted(missing, 'passage')} went without and will be tried again: ${reason?.message ?? 'no reason was given'}`;
  return `${counted(written, 'header')} written${cost}.${left}`;
}

const dollars = (amount: number): string => `$${amount.toFixed(amount < 1 ? 4 : 2)}`;

function summaryLine(event: Extract<FeatureEvent, { type: 'summary' }>): string {
  const changes = [
    `${counted(event.documents, 'document')} indexed`,
    ...(event.removed > 0 ? [`${event.removed} removed`] : []),
    ...(event.failed > 0 ? [`${event.failed} failed`] : []),
    `${counted(event.chunks, 'passage')} written`,
  ];
  return `Indexed in ${duration(event.durationMs)}: ${changes.join(', ')}. Feature set ${event.set}.`;
}
