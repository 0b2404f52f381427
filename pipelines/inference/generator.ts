import { adapterMismatch, checkAdapter } from '../serving/adapter-probe/check.ts';
import { guardAdapter } from '../serving/adapter-probe/guard.ts';
import { readPrints } from '../serving/adapter-probe/kept.ts';
import type { ChatModel } from '../serving/chat/port.ts';
import type { LanguageModelEnvironment } from '../serving/environment.ts';
import type { LanguageModel } from '../serving/language-model/port.ts';
import type { ArtefactStore } from '../stores/artefacts/port.ts';
import type { ReleaseSpec } from '../stores/registry/release.ts';
import { groundedModel } from './generate/grounded.ts';
import { loadAnswerPrompts } from './generate/messages.ts';
import { type GenerationSettings, shippedGeneration } from './generate/settings.ts';
import { measuredVoice, type Writing } from './voice/measured.ts';

export type Generator = {
  readonly model: ChatModel;
  /** Hash of the prompt files. */
  readonly prompt: string;
  readonly generator: ReleaseSpec['generator'];
  /** Looks whether the server answers in the twin's voice: what is wrong, or null. Null where there is no adapter. */
  readonly check: ((signal?: AbortSignal) => Promise<string | null>) | null;
};

/**
 * A language model that answers in the author's voice.
 *
 * @throws PermanentError `adapter.mismatch` where the server does not speak in the voice asked for
 */
export async function openGenerator(
  llm: LanguageModel,
  { prints, thinks = false }: Partial<Pick<LanguageModelEnvironment, 'prints' | 'thinks'>>,
  artefacts: ArtefactStore,
  writing: Writing,
): Promise<Generator> {
  const prompts = loadAnswerPrompts();
  const trained = llm.identity.adapter !== null;
  const voice = await measuredVoice(writing, { trained });
  const settings: GenerationSettings = { ...shippedGeneration, voice, startsThinking: thinks };
  const written = groundedModel({ model: llm, settings, prompts });
  const recorded = prints === undefined ? null : await readPrints(artefacts, prints);
  const guard = guardAdapter(written, async (signal) =>
    trained ? (await checkAdapter(llm, recorded, signal)).problem : null,
  );
  const problem = await guard.look();
  if (problem !== null) throw adapterMismatch(problem);
  return {
    model: guard.model,
    prompt: prompts.hash,
    generator: {
      ...llm.identity,
      ...(prints !== undefined && { prints }),
      sampling: settings,
    },
    check: trained ? guard.look : null,
  };
}
