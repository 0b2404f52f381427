import { PermanentError } from '../../stores/errors.ts';

/** Farther than this from length 1 and a vector is scaled: 16-bit weights leave some 0.0005. */
const tolerance = 0.002;

/**
 * A server's reply as unit vectors: everything is checked, since one wrong vector in the index is found by nobody.
 *
 * @param dimensions what each must have; null while that is being found out
 * @throws PermanentError `embed.reply` for a wrong number of vectors, for what is no number, for vectors of zeros;
 *   `embed.model-changed` for other dimensions
 */
export function readVectors(
  reply: unknown,
  texts: number,
  dimensions: number | null,
): Float32Array[] {
  if (!Array.isArray(reply)) throw wrong('is not a list of vectors');
  if (reply.length !== texts) throw wrong(`has ${reply.length} vectors for ${texts} texts`);
  return reply.map((numbers) => readVector(numbers, dimensions));
}

function readVector(numbers: unknown, dimensions: number | null): Float32Array {
  if (!Array.isArray(numbers) || numbers.length === 0) throw wrong('has a vector that is none');
  if (dimensions !== null && numbers.length !== dimensions) {
    throw new PermanentError(
      `The embedding server answered with ${numbers.length} dimensions instead of ${dimensions}.`,
      {
        code: 'embed.model-changed',
        hint: 'It serves another model now: serve the former one again, or restart and index anew.',
      },
    );
  }
  const vector = new Float32Array(numbers.length);
  let squares = 0;
  for (const [index, value] of numbers.entries()) {
    // JSON has no NaN: servers write null for it.
    if (typeof value !== 'number' || !Number.isFinite(value)) throw wrong('has what is no number');
    vector[index] = value;
    squares += value * value;
  }
  const length = Math.sqrt(squares);
  if (length === 0 || !Number.isFinite(length)) throw wrong('has a vector without a direction');
  return Math.abs(length - 1) <= tolerance ? vector : vector.map((value) => value / length);
}

function wrong(what: string): PermanentError {
  return new PermanentError(`The embedding server’s reply ${what}.`, {
    code: 'embed.reply',
    hint: 'Such vectors would spoil the index. Numbers that are none come of float16 overflow: serve it in float32.',
  });
}
