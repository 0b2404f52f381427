import { hash } from '../models/tokens.ts';

/**
 * Embeds by hashing: words weigh one, short ones less, their letter trigrams half of
 * that, each with a sign of its own. Texts that share
 * words are near, texts that share none are about orthogonal.
 */
export function embedded(text: string, dimensions: number, normalize: boolean): number[] {
  const vector = new Float64Array(dimensions);
  const add = (feature: string, weight: number) => {
    const at = hash(feature);
    const sign = hash(`${feature}±`) % 2 === 0 ? 1 : -1;
    vector[at % dimensions] = (vector[at % dimensions] ?? 0) + sign * weight;
  };
  for (const word of words(text)) {
    const weight = word.length > 3 ? 1 : 0.2;
    add(word, weight);
    for (const trigram of trigrams(word)) add(trigram, weight / 2);
  }
  const length = Math.hypot(...vector);
  if (length === 0) {
    vector[0] = 1;
    return Array.from(vector);
  }
  return Array.from(vector, (value) => Math.fround(normalize ? value / length : value));
}

/** How well a text answers a query: the share of the query's words and trigrams that it holds, as a logit. */
export function relevance(query: string, text: string): number {
  const asked = new Set(words(query).flatMap((word) => [word, ...trigrams(word)]));
  const held = new Set(words(text).flatMap((word) => [word, ...trigrams(word)]));
  const shared = asked.intersection(held).size;
  return Math.fround(8 * (asked.size === 0 ? 0 : shared / asked.size) - 4);
}

export function sigmoid(logit: number): number {
  return Math.fround(1 / (1 + Math.exp(-logit)));
}

/** Models of the e5 kind learned to ignore their own prefixes. */
function words(text: string): readonly string[] {
  const bare = text.replace(/^(?:query|passage|search_query|search_document): /u, '');
  return bare.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

function trigrams(word: string): readonly string[] {
  const padded = `^${word}$`;
  return Array.from({ length: Math.max(0, padded.length - 2) }, (_, at) =>
    padded.slice(at, at + 3),
  );
}
