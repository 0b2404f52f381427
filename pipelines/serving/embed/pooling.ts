type Hidden = { readonly data: ArrayLike<number | bigint>; readonly dims: readonly number[] };

/**
 * One unit vector per text from a model's last hidden states, `[texts, tokens, dimensions]`: the mean
 * over the tokens that are not padding (Sentence-BERT, Reimers and Gurevych 2019), or the first token.
 */
export function poolStates(
  states: Hidden,
  mask: ArrayLike<number | bigint>,
  pooling: 'mean' | 'cls',
): Float32Array[] {
  const [texts = 0, tokens = 0, dimensions = 0] = states.dims;
  const vectors: Float32Array[] = [];
  for (let text = 0; text < texts; text++) {
    const vector = new Float32Array(dimensions);
    const counted = pooling === 'cls' ? 1 : tokens;
    for (let token = 0; token < counted; token++) {
      if (Number(mask[text * tokens + token] ?? 0) === 0) continue;
      const from = (text * tokens + token) * dimensions;
      for (let index = 0; index < dimensions; index++) {
        vector[index] = (vector[index] ?? 0) + Number(states.data[from + index] ?? 0);
      }
    }
    vectors.push(unit(vector));
  }
  return vectors;
}

/** The mean over a text's tokens, where each came as a list of numbers; not scaled. */
export function meanOfStates(states: readonly (readonly number[])[]): number[] {
  const [first = []] = states;
  return first.map(
    (_, at) => states.reduce((sum, state) => sum + (state[at] ?? Number.NaN), 0) / states.length,
  );
}

function unit(vector: Float32Array): Float32Array {
  let squares = 0;
  for (const value of vector) squares += value * value;
  const length = Math.sqrt(squares) || 1;
  return vector.map((value) => value / length);
}
