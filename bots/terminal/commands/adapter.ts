import {
  type AdapterVerdict,
  checkAdapter,
} from '../../../pipelines/serving/adapter-probe/check.ts';
import { readPrints, recordPrints } from '../../../pipelines/serving/adapter-probe/kept.ts';
import type { LanguageModel } from '../../../pipelines/serving/language-model/port.ts';
import type { ArtefactStore } from '../../../pipelines/stores/artefacts/port.ts';
import { type ExitCode, exitCodes } from '../exit.ts';
import { counted, type Output } from '../output.ts';

/** Keeps what the adapter says now as what it has to say from now on. */
export async function runAdapterRecord(
  model: LanguageModel,
  artefacts: ArtefactStore,
  output: Output,
  signal: AbortSignal,
): Promise<ExitCode> {
  // Prints of the base model under an adapter's name would let the base model through for ever.
  const verdict = await checkAdapter(model, null, signal);
  if (!verdict.passed) return reported(verdict, output);
  const { sha256 } = await recordPrints(model, artefacts, signal);
  output.data({ recorded: sha256, ...verdict });
  output.line(`Recorded how “${model.identity.adapter}” speaks. Pin it in .env:`);
  output.line(`  ${output.style.accent(`LLM_ADAPTER_PRINTS=${sha256}`)}`);
  return exitCodes.done;
}

/** Whether the server answers with the adapter; the answer is no when it does not. */
export async function runAdapterCheck(
  model: LanguageModel,
  artefacts: ArtefactStore,
  prints: string | undefined,
  output: Output,
  signal: AbortSignal,
): Promise<ExitCode> {
  const recorded = prints === undefined ? null : await readPrints(artefacts, prints);
  return reported(await checkAdapter(model, recorded, signal), output);
}

function reported(verdict: AdapterVerdict, output: Output): ExitCode {
  output.data(verdict);
  if (verdict.problem !== null) {
    output.note(verdict.problem);
    return exitCodes.no;
  }
  const matching =
    verdict.matches === null
      ? 'nothing is recorded to compare it with (understudy adapter record)'
      : `as recorded on ${verdict.matches}`;
  output.line(
    `The adapter speaks otherwise than its base on ${counted(verdict.differs, 'prompt')} of 8, ${matching}.`,
  );
  return exitCodes.done;
}
