import { z } from 'zod';
import { PermanentError } from '../errors.ts';
import type { Artefact } from './port.ts';

export const artefactSchema: z.ZodType<Artefact> = z.object({
  sha256: z.string(),
  bytes: z.number(),
  name: z.string(),
  mediaType: z.string(),
});

/** What an address looks like; anything else was never one. */
export const address = /^[0-9a-f]{64}$/;

export const unknownArtefact = (sha: string): PermanentError =>
  new PermanentError(`There is no artefact ${sha}.`, {
    code: 'artefact.unknown',
    hint: 'Check the address, or run the step that makes it again.',
  });

export const corruptArtefact = ({ sha256, name }: Artefact): PermanentError =>
  new PermanentError(`Artefact ${sha256} (${name}) is not what it was: bytes changed.`, {
    code: 'artefact.corrupt',
    hint: 'Remove it and make it again, or restore it from a backup.',
  });
