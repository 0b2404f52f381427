import type { Embedder } from '../../serving/embed/port.ts';
import type { Clock } from '../../serving/endpoints/clock.ts';
import type { Reranker } from '../../serving/rerank/port.ts';
import { PermanentError } from '../../stores/errors.ts';
import type {
  FeatureSet,
  FeatureStore,
  LexicalStatistics,
  QueryTerm,
  ScoredChunk,
} from '../../stores/features/port.ts';
import type { Warehouse } from '../../stores/warehouse/port.ts';
import type { Expander, ExpansionRequest } from '../expand/port.ts';
import { type LexicalReranking, lexicalReranker } from '../rerank/lexical.ts';
import { openLexicons } from '../rerank/lexicon.ts';
import type { Question, Retrieved, RetrievedPassage, UnderstoodFilter } from '../types.ts';
import { withReading } from '../understand/merge.ts';
import type { QuestionReader } from '../understand/reader.ts';
import { understand } from '../understand/understand.ts';
import { vocabularyReader } from '../understand/vocabulary.ts';
import { besides, capped, everyStep, inTurns } from './arrange.ts';
import { type Candidate, findCandidates } from './candidates.ts';
import { onItsWay } from './on-its-way.ts';
import { searchOthers, type Widened } from './others.ts';
import { startReading } from './reading.ts';
import { type Scored, type Scoring, scored } from './score.ts';
import type { Search } from './search.ts';
import { type RetrievalSettings, shippedSettings } from './settings.ts';
import { stopwatch } from './stopwatch.ts';
import { windowText } from './window.ts';

export type RetrievalPorts = {
  readonly warehouse: Pick<Warehouse, 'facets' | 'titles' | 'version'>;
  readonly features: FeatureStore;
  /** Needed where the current set has vectors, and must be the one they were made with. */
  readonly embedder?: Embedder;
  /** Orders anew the best of what the embedded lexical one ordered, as `modelRerank` says. */
  readonly reranker?: Reranker;
  /** Used where the settings say `expand`. */
  readonly expander?: Expander;
  /** Used for what the settings say under `model`. */
  readonly reader?: QuestionReader;
  readonly clock?: Clock;
};

export type Retrieve = (question: Question, signal?: AbortSignal) => Promise<Retrieved>;

/**
 * Retrieval over the current feature set: understand, search, expand, score, arrange, widen. What is
 * returned says why each passage is there: its score at each stage, and what was understood. Where a model reads the
 * question too, it does so while the rules read and the first search runs, and what it adds is searched
 * for afterwards. A model that is late or fails costs what it would have added, and is named in `fallbacks`.
 *
 * Kept between questions are the vocabulary of self-query, until the warehouse changes, and the numbers of words that
 * the lexical reranker has met; nothing else is.
 */
export function openRetrieval(
  ports: RetrievalPorts,
  settings: RetrievalSettings = shippedSettings,
): Retrieve {
  const vocabularyNow = vocabularyReader(ports.warehouse);
  const lexicons = openLexicons();
  return async (question, signal) => {
    const time = stopwatch();
    const [set, vocabulary] = await Promise.all([
      currentSet(ports.features),
      vocabularyNow(question.access),
    ]);
    const { reader, clock } = ports;
    const underway = startReading(reader, question, vocabulary, settings, { signal, clock });
    try {
      if (underway) await onItsWay();
      const rules = await understand(question, vocabulary);
      const sure = settings.selfQuery ? rules.understanding.filters : [];
      time.lap('understand');

      const statistics = statisticsOf(ports.features, set);
      const { languages } = vocabulary;
      const search = searchOf(ports, settings, question, { set, statistics, signal });
      const asked = rules.understanding.rewritten;
      const first = await findCandidates(search, rules.terms, asked, sure);
      time.lap('search');

      const feedback = feedbackOf(first.candidates);
      const request = { terms: rules.terms, feedback, statistics, languages };
      const expansion = await expanded(ports, settings, request, signal);
      if (settings.expand) time.lap('expand');

      const read = await underway?.done;
      signal?.throwIfAborted();
      if (read) time.lap('read');
      const understood = withReading(rules, read?.reading, settings, languages);
      const { understanding, searches, added } = understood;
      const wider = await searchOthers(search, first, understood);
      if (searches.length > 0 || added.length > 0) time.lap('others');

      const { ranked, fallback } = await scored(wider.candidates, {
        ...rerankersOf(ports, settings, { statistics, languages, lexicons }),
        settings,
        question: understanding.rewritten,
        terms: [...understood.terms, ...expansion],
        filters: [...sure, ...added],
        signal,
      });
      time.lap('rerank');

      const chosen = chosenOf(ranked, question, settings, { sure, steps: wider.steps });
      const fallbacks = [read?.fallback, wider.fallback, fallback];
      return {
        featureSet: set.id,
        understanding,
        passages: chosen.map((each) => widened(each, ports, set, settings)),
        expansion,
        timings: time.laps(),
        fallbacks: fallbacks.filter((each) => each != null),
        ...(read?.reading?.usage && { reading: read.reading.usage }),
      };
    } finally {
      underway?.leave();
    }
  };
}

/** Turns are for names that the rules are sure of: a model that makes too much of a question must not scatter the best. */
function chosenOf(
  ranked: readonly Scored[],
  { besides: used = [] }: Question,
  { limit, perDocument }: RetrievalSettings,
  of: { readonly sure: readonly UnderstoodFilter[]; readonly steps: Widened['steps'] },
): readonly Scored[] {
  return besides(
    ranked,
    used,
    limit,
    (some) => inTurns(capped(some, perDocument), of.sure),
    (arranged, places) => everyStep(arranged, of.steps, places),
  );
}

function searchOf(
  { features, embedder, clock }: RetrievalPorts,
  settings: RetrievalSettings,
  { access }: Question,
  rest: Pick<Search, 'set' | 'statistics' | 'signal'>,
): Search {
  return { features, embedder, settings, access, clock, ...rest };
}

/** @throws PermanentError `retrieve.nothing-indexed` while there is no passage at all. */
async function currentSet(features: FeatureStore): Promise<FeatureSet> {
  const set = await features.current();
  if (set && set.chunks > 0) return set;
  throw new PermanentError('There is nothing to search yet: no writing is indexed.', {
    code: 'retrieve.nothing-indexed',
    hint: 'Collect something first: understudy collect <folder or link>, then understudy features.',
  });
}

/** The set's statistics, each question's stems looked up once however many stages ask for them. */
function statisticsOf(features: FeatureStore, set: FeatureSet): Search['statistics'] {
  const asked = new Map<string, Promise<LexicalStatistics>>();
  return (stems) => {
    const key = stems.join(' ');
    const found = asked.get(key) ?? features.lexicalStatistics(set.id, stems);
    asked.set(key, found);
    return found;
  };
}

function rerankersOf(
  { reranker, clock }: RetrievalPorts,
  { rerank, modelRerank }: RetrievalSettings,
  embedded: LexicalReranking,
): Pick<Scoring, 'reranker' | 'model'> {
  if (!rerank) return { reranker: undefined, model: undefined };
  return {
    reranker: lexicalReranker(embedded),
    model: reranker && { reranker, ...modelRerank, clock },
  };
}

/** How many of the first passages an expansion learns from. */
const feedbackPassages = 10;

const feedbackOf = (found: readonly Candidate[]): readonly ScoredChunk[] =>
  found
    .slice(0, feedbackPassages)
    .flatMap(({ chunk, lexical }) => (lexical === null ? [] : [{ chunk, score: lexical }]));

async function expanded(
  { expander }: RetrievalPorts,
  settings: RetrievalSettings,
  request: ExpansionRequest,
  signal: AbortSignal | undefined,
): Promise<readonly QueryTerm[]> {
  return settings.expand && expander ? expander.expand(request, signal) : [];
}

function widened(
  { chunk, scores }: Scored,
  { features }: RetrievalPorts,
  set: FeatureSet,
  { window }: RetrievalSettings,
): RetrievedPassage {
  return { chunk, scores, windowText: () => windowText(features, set.id, chunk, window) };
}
