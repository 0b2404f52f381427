import type { Reranker } from '../../serving/rerank/port.ts';
import { stem, stopWordsFor, tokens } from '../../stores/features/lexical.ts';
import type { LexicalStatistics, QueryTerm } from '../../stores/features/port.ts';
import { openAnalyser } from './analyse.ts';
import { type Lexicons, openLexicons } from './lexicon.ts';
import { minMax } from './minmax.ts';
import { gramScores } from './ngrams.ts';
import { proximity } from './proximity.ts';
import { regularised } from './regularise.ts';

/** Share of the character 5-grams against words and pairs. */
const gramShare = 0.3;
/** Share, in words and pairs, of how rare a word is among the candidates against in the whole set. */
const localShare = 0.3;

export type LexicalReranking = {
  /** Document frequencies of stems in the set that is searched. */
  readonly statistics: (stems: readonly string[]) => Promise<LexicalStatistics>;
  /** Languages of the corpus, BCP 47: whose stop words may be left out. */
  readonly languages?: readonly string[];
  /** Shared by the rerankers of one retrieval, question after question; its own where nobody says. */
  readonly lexicons?: Lexicons;
};

/**
 * The embedded reranker: words and pairs of words (sequential dependence) 0.7, character 5-grams 0.3,
 * each scaled to [0, 1] over the candidates, then evened out among similar candidates. No model, no
 * training, some milliseconds for a hundred passages. Scores are in [0, 1].
 *
 * Of the nine finalists compared on seven sets of questions, this one has the best mean whichever set is left
 * out; `npm run bench -- retrieval` measures it.
 */
export function lexicalReranker({
  statistics,
  languages = [],
  lexicons = openLexicons(),
}: LexicalReranking): Reranker {
  return {
    name: 'lexical-proximity-v1',
    async rerank({ question, terms }, passages, signal) {
      signal?.throwIfAborted();
      if (passages.length === 0) return [];
      const corpus = await statistics([...new Set(terms.map(({ term }) => stem(term)))]);
      const stopWords = stopWordsFor(tokens(question), languages);
      const analyser = openAnalyser(lexicons(stopWords));
      const analysis = analyser.analyse(passages);
      const near = proximity(terms, analysis, analyser);
      const among = {
        chunks: Math.max(2, passages.length),
        averageLength: 0,
        documentFrequency: near.holding,
      };
      const words = convex(near.scores(corpus), near.scores(among), localShare);
      const grams = gramScores(ownWords(terms), analysis.candidates);
      return [...regularised(convex(words, grams, gramShare), analysis)];
    },
  };
}

/** (1 - share) · one + share · other, each scaled to [0, 1]. */
function convex(one: Float64Array, other: Float64Array, share: number): Float64Array {
  const scaled = minMax(other);
  return minMax(one).map((score, index) => (1 - share) * score + share * (scaled[index] ?? 0));
}

/** Added terms bring no spelling of their own: the grams are those of the question's words. */
function ownWords(terms: readonly QueryTerm[]): readonly string[] {
  const own = terms.filter(({ weight }) => weight >= 1);
  return (own.length > 0 ? own : terms).map(({ term }) => term);
}
