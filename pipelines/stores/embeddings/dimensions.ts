import { PermanentError } from '../errors.ts';
import type { EmbeddingSpace } from './port.ts';

/** @throws PermanentError `embeddings.dimensions` for a vector that is not of the space's. */
export function checkDimensions({ model }: EmbeddingSpace, vector: Float32Array): void {
  if (vector.length === model.dimensions) return;
  throw new PermanentError(
    `A vector of ${vector.length} numbers is none of ${model.name}, whose have ${model.dimensions}.`,
    {
      code: 'embeddings.dimensions',
      hint: 'Cache what the model named returned, and nothing else.',
    },
  );
}
