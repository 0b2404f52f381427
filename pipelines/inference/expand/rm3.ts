import { stem, stopWordsFor, tokens } from '../../stores/features/lexical.ts';
import type { LexicalStatistics, ScoredChunk } from '../../stores/features/port.ts';
import type { Expander } from './port.ts';

/** Share of the original question. */
const originalWeight = 0.8;
const addedTerms = 10;
/** Terms that are looked up in the statistics: the likeliest of the feedback. */
const considered = 60;
/** Shorter feedback says nothing reliable. */
const leastFeedback = 5;

export type Rm3Options = {
  /** Expand only at or above this clarity, in bits; `-Infinity` expands every question. */
  readonly clarity?: number;
};

/**
 * RM3, pseudo-relevance feedback (Abdul-Jaleel et al. 2004, "UMass at TREC 2004: Novelty and HARD"; the
 * relevance model of Lavrenko and Croft 2001): the telling words of the first ten passages, weighted by
 * how likely these make them, join the question with a fifth of the weight. BM25 is linear in the weights
 * of query terms, so the mixture of models is a mixture of weights.
 *
 * Expanded are only questions whose feedback is clear: whose likeliest words are much likelier there than
 * in the corpus (the clarity score, Cronen-Townsend, Zhou and Croft 2002, "Predicting Query Performance").
 *
 * Measured, clarity tells the questions it helps from those it hurts only at its very top: without the
 * test Cranfield gains .013 nDCG@10, SciFact loses .013, CISI .010, npm readmes .017. At 6 bits no
 * collection loses, and hardly a question is expanded. So it ships switched off.
 */
export function rm3({ clarity = 6 }: Rm3Options = {}): Expander {
  return {
    name: 'rm3-v1',
    async expand({ terms, feedback, statistics, languages }, signal) {
      signal?.throwIfAborted();
      if (feedback.length < leastFeedback) return [];
      const asked = new Set(terms.map(({ term }) => stem(term)));
      const model = relevanceModel(feedback, languages);
      const likely = [...model.values()].sort((a, b) => b.weight - a.weight).slice(0, considered);
      const found = await statistics(likely.map(({ stem: stemmed }) => stemmed));
      if (clarityOf(likely, found) < clarity) return [];
      const added = likely
        .filter(({ stem: stemmed, term }) => !asked.has(stemmed) && isTelling(term, stemmed, found))
        .slice(0, addedTerms);
      const mass = added.reduce((sum, { weight }) => sum + weight, 0);
      const own = terms.reduce((sum, { weight }) => sum + weight, 0);
      const scale = mass > 0 ? (own * (1 - originalWeight)) / originalWeight / mass : 0;
      // Below 1, so that an added word is never taken for one of the question's own.
      return added.map(({ term, weight }) => ({ term, weight: Math.min(0.99, weight * scale) }));
    },
  };
}

type Likely = { readonly stem: string; readonly term: string; weight: number };

/** P(word | relevance): each passage's word shares, weighted by its share of the scores. */
function relevanceModel(
  feedback: readonly ScoredChunk[],
  languages: readonly string[],
): ReadonlyMap<string, Likely> {
  const total = feedback.reduce((sum, { score }) => sum + score, 0) || 1;
  const model = new Map<string, Likely>();
  for (const { chunk, score } of feedback) {
    const words = tokens(chunk.text);
    const stopWords = stopWordsFor(words, languages);
    const content = words.filter((word) => !stopWords.has(word) && word.length > 2);
    for (const term of content) {
      const stemmed = stem(term);
      const known = model.get(stemmed) ?? { stem: stemmed, term, weight: 0 };
      known.weight += score / total / content.length;
      model.set(stemmed, known);
    }
  }
  return model;
}

/** A word in more than a tenth of all chunks, or a number, tells nothing of a topic (as Anserini's RM3). */
function isTelling(
  term: string,
  stemmed: string,
  { chunks, documentFrequency }: LexicalStatistics,
) {
  return /\p{L}/u.test(term) && (documentFrequency.get(stemmed) ?? 0) <= chunks / 10;
}

/**
 * Kullback-Leibler divergence, in bits, of the feedback's likeliest words from the corpus, taken over
 * document frequencies; 0 is the corpus itself, 3 and more is a topic, 6 one word's own.
 */
function clarityOf(likely: readonly Likely[], statistics: LexicalStatistics): number {
  const mass = likely.reduce((sum, { weight }) => sum + weight, 0) || 1;
  const frequencies = likely.map(({ stem: stemmed }) =>
    Math.max(1, statistics.documentFrequency.get(stemmed) ?? 0),
  );
  const corpus = statistics.chunks * Math.max(1, statistics.averageLength / 3) || 1;
  return likely.reduce((sum, { weight }, index) => {
    const here = weight / mass;
    return sum + here * Math.log2((here * corpus) / ((frequencies[index] ?? 1) * 2));
  }, 0);
}
