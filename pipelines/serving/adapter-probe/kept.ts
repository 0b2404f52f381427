import type { Artefact, ArtefactStore } from '../../stores/artefacts/port.ts';
import { PermanentError } from '../../stores/errors.ts';
import type { LanguageModel } from '../language-model/port.ts';
import {
  type AdapterPrints,
  adapterPrintsSchema,
  adapterPrintsType,
  takePrints,
} from './prints.ts';

/** Takes the prints of the model's adapter and keeps them as an artefact. Whoever does so vouches for the adapter. */
export async function recordPrints(
  model: Pick<LanguageModel, 'complete' | 'identity'>,
  artefacts: Pick<ArtefactStore, 'put'>,
  signal?: AbortSignal,
): Promise<Artefact> {
  const { adapter, model: base, revision } = model.identity;
  if (adapter === null) {
    throw new PermanentError('There is no adapter to take prints of.', {
      code: 'adapter.none',
      hint: 'Set LLM_ADAPTER to the adapter’s name.',
    });
  }
  const prints: AdapterPrints = {
    version: 1,
    model: base,
    revision,
    adapter,
    takenAt: new Date().toISOString(),
    prints: [...(await takePrints(model, adapter, signal))],
  };
  return await artefacts.put(Buffer.from(JSON.stringify(prints)), {
    name: `adapter-prints-${adapter}.json`,
    mediaType: adapterPrintsType,
  });
}

/** @throws PermanentError `adapter.prints` when the artefact is not there or is no record of prints. */
export async function readPrints(
  artefacts: Pick<ArtefactStore, 'read'>,
  sha256: string,
): Promise<AdapterPrints> {
  const unusable = (cause: unknown) =>
    new PermanentError(`There are no usable prints of an adapter in artefact ${sha256}.`, {
      code: 'adapter.prints',
      hint: 'Set LLM_ADAPTER_PRINTS to what `understudy adapter record` printed.',
      cause,
    });
  try {
    return adapterPrintsSchema.parse(
      JSON.parse(Buffer.from(await artefacts.read(sha256)).toString('utf8')),
    );
  } catch (error) {
    throw unusable(error);
  }
}
