import type { Embedder } from '../../serving/embed/port.ts';
import { PermanentError, TransientError } from '../../stores/errors.ts';
import type { RetrievedChunk } from '../../stores/features/chunk.ts';
import { stem } from '../../stores/features/lexical.ts';
import type {
  Access,
  FeatureSet,
  FeatureStore,
  LexicalStatistics,
  QueryTerm,
  ScoredChunk,
  SearchOptions,
} from '../../stores/features/port.ts';
import type { UnderstoodFilter } from '../types.ts';
import type { RetrievalSettings } from './settings.ts';

/** A passage on its way through the stages. A stage that did not see it leaves null. */
export type Candidate = {
  readonly chunk: RetrievedChunk;
  readonly lexical: number | null;
  readonly dense: number | null;
};

/** With fewer than this many candidates of a named source or author, more are looked for. */
const enoughOfEach = 10;
const moreOfEach = 20;
/** Mentions that are looked up so; further ones only boost what is there. */
const mostLookups = 4;

export type Search = {
  readonly features: FeatureStore;
  readonly set: FeatureSet;
  readonly embedder: Embedder | undefined;
  readonly settings: RetrievalSettings;
  readonly statistics: (stems: readonly string[]) => Promise<LexicalStatistics>;
  readonly access: Access | undefined;
  readonly signal: AbortSignal | undefined;
};

/**
 * The first stage: the best passages by words, and by vectors where the set has them. What the question
 * names but words alone do not bring up enough of is looked for once more within that source or author,
 * so that a boost has something to lift, also in a large corpus.
 *
 * @returns Best first, by lexical then dense score; those looked up for a name last.
 * @throws PermanentError `retrieve.embedder` when the set has vectors and the embedder is not theirs.
 */
export async function findCandidates(
  search: Search,
  terms: readonly QueryTerm[],
  question: string,
  filters: readonly UnderstoodFilter[],
): Promise<readonly Candidate[]> {
  const { features, set, settings } = search;
  const options = searchOptions(search, settings.candidates, search.access);
  const searched = await affordable(terms, search.statistics);
  const [lexical, dense] = await Promise.all([
    features.searchLexical(set.id, searched, options),
    denseCandidates(search, question, options),
  ]);
  const named = await lookUpNamed(search, searched, filters, lexical);
  return merged([...lexical, ...named], dense);
}

/** Postings that one search may walk through: some 20 ms. Below it nothing is left out. */
const mostPostings = 20_000;
/** The rarest words are always searched for. */
const leastTerms = 2;

/**
 * The terms that candidates are looked for by: all of them, unless together they occur in so many passages
 * that the search would take too long; then the commonest are left out, which say least (static pruning
 * in the spirit of Moffat and Zobel 1996, "Self-indexing inverted files"). Scoring again sees them all.
 */
async function affordable(
  terms: readonly QueryTerm[],
  statistics: Search['statistics'],
): Promise<readonly QueryTerm[]> {
  const stems = new Map(terms.map(({ term }) => [term, stem(term)]));
  const { documentFrequency } = await statistics([...new Set(stems.values())]);
  const cost = (stemmed: string) => documentFrequency.get(stemmed) ?? 0;
  const rarestFirst = [...new Set(stems.values())].sort((a, b) => cost(a) - cost(b));
  let postings = 0;
  const kept = new Set(
    rarestFirst.filter((stemmed, index) => {
      postings += cost(stemmed);
      return index < leastTerms || postings <= mostPostings;
    }),
  );
  return terms.filter(({ term }) => kept.has(stems.get(term) ?? ''));
}

function searchOptions(
  { signal }: Search,
  limit: number,
  access: Access | undefined,
): SearchOptions {
  return { limit, ...(access && { access }), ...(signal && { signal }) };
}

/** Serving with another embedder than the set's would compare what cannot be compared: refused. */
async function denseCandidates(
  { features, set, embedder, settings, signal }: Search,
  question: string,
  options: SearchOptions,
): Promise<readonly ScoredChunk[]> {
  const wanted = set.manifest.embedder;
  if (!wanted) return [];
  const given = embedder?.identity;
  if (!embedder || given?.name !== wanted.name || given.revision !== wanted.revision) {
    throw new PermanentError(
      `Feature set ${set.id} was made with the embedder ${wanted.name} (${wanted.revision}), and ${given ? `${given.name} (${given.revision})` : 'none'} is configured.`,
      {
        code: 'retrieve.embedder',
        hint: 'Set UNDERSTUDY_EMBEDDER to that model, or build a set without it: understudy features --rebuild.',
      },
    );
  }
  try {
    const [vector] = await embedder.embed([question], 'query', signal);
    return vector
      ? await features.searchDense(set.id, vector, { ...options, limit: settings.rescored })
      : [];
  } catch (error) {
    // An embedder that is down for the moment costs the dense arm, not the answer.
    if (error instanceof TransientError) return [];
    throw error;
  }
}

async function lookUpNamed(
  search: Search,
  terms: readonly QueryTerm[],
  filters: readonly UnderstoodFilter[],
  found: readonly ScoredChunk[],
): Promise<readonly ScoredChunk[]> {
  if (found.length < search.settings.candidates) return [];
  const mentions = Map.groupBy(
    filters.filter(({ field }) => field === 'source' || field === 'author'),
    ({ field, words }) => `${field} ${words}`,
  );
  const scarce = [...mentions.values()].flatMap((mention) => {
    const values = new Set(mention.map(({ value }) => value));
    const field = mention[0]?.field === 'author' ? 'authors' : 'sources';
    const matching = found.filter(({ chunk: { attributes } }) =>
      values.has(field === 'authors' ? attributes.author.id : attributes.source),
    );
    return matching.length < enoughOfEach ? [{ field, values } as const] : [];
  });
  const seen = new Set(found.map(({ chunk }) => chunk.id));
  const more: ScoredChunk[] = [];
  for (const { field, values } of scarce.slice(0, mostLookups)) {
    const allowed = search.access?.[field];
    const access = {
      ...search.access,
      [field]: [...values].filter((value) => !allowed || allowed.includes(value)),
    };
    const options = searchOptions(search, moreOfEach, access);
    for (const each of await search.features.searchLexical(search.set.id, terms, options)) {
      if (!seen.has(each.chunk.id)) more.push(each);
      seen.add(each.chunk.id);
    }
  }
  return more;
}

function merged(
  lexical: readonly ScoredChunk[],
  dense: readonly ScoredChunk[],
): readonly Candidate[] {
  const byId = new Map<string, Candidate>();
  for (const { chunk, score } of lexical) {
    byId.set(chunk.id, { chunk, lexical: score, dense: null });
  }
  for (const { chunk, score } of dense) {
    const known = byId.get(chunk.id) ?? { chunk, lexical: null, dense: null };
    byId.set(chunk.id, { ...known, dense: score });
  }
  return [...byId.values()];
}
