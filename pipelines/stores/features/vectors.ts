import { PermanentError } from '../errors.ts';
import type { DocumentFeatures } from './chunk.ts';
import type { FeatureSet } from './port.ts';

type Made = Pick<FeatureSet, 'id' | 'manifest'>;

/**
 * @throws PermanentError `features.vectors` when vectors do not fit the manifest: mixing embedders is
 * exactly the skew that manifests are there to prevent.
 */
export function checkDimensions(set: Made, length: number | undefined): void {
  const { embedder } = set.manifest;
  if (length === embedder?.dimensions) return;
  const found = length === undefined ? 'no vectors' : `vectors of ${length} dimensions`;
  const wanted = embedder
    ? `${embedder.name} (${embedder.revision}) with ${embedder.dimensions} dimensions`
    : 'no embedder';
  throw new PermanentError(`Feature set ${set.id} is made for ${wanted}, and was given ${found}.`, {
    code: 'features.vectors',
    hint: 'Use the embedder its manifest names, or build a new set with `understudy features --rebuild`.',
  });
}

/** The same for all vectors of a document, of which there is one per chunk or none at all. */
export function checkVectors(set: Made, { chunks, vectors }: DocumentFeatures): void {
  if (chunks.length === 0) return;
  if (vectors && vectors.length !== chunks.length) {
    throw new PermanentError(`${chunks.length} chunks came with ${vectors.length} vectors.`, {
      code: 'features.vectors',
      hint: 'Hand over one vector per chunk, in the order of the chunks.',
    });
  }
  if (!vectors) checkDimensions(set, undefined);
  else for (const vector of vectors) checkDimensions(set, vector.length);
}
