import type { Embedder } from '../../serving/embed/port.ts';
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
import { lexicalReranker } from '../rerank/lexical.ts';
import type { Question, Retrieved, RetrievedPassage, StageTimings } from '../types.ts';
import { understand } from '../understand/understand.ts';
import { type Vocabulary, vocabularyReader } from '../understand/vocabulary.ts';
import { besides, capped, inTurns } from './arrange.ts';
import { type Candidate, findCandidates, type Search } from './candidates.ts';
import { type Scored, type Scoring, scored } from './score.ts';
import { type RetrievalSettings, shippedSettings } from './settings.ts';
import { windowText } from './window.ts';

export type RetrievalPorts = {
  readonly warehouse: Pick<Warehouse, 'facets' | 'titles' | 'version'>;
  readonly features: FeatureStore;
  /** Needed where the current set has vectors, and must be the one they were made with. */
  readonly embedder?: Embedder;
  /** Instead of the embedded lexical one. */
  readonly reranker?: Reranker;
  /** Used where the settings say `expand`. */
  readonly expander?: Expander;
};

export type Retrieve = (question: Question, signal?: AbortSignal) => Promise<Retrieved>;

/**
 * Retrieval over the current feature set: understand, search, expand, score, arrange, widen. What is
 * returned says why each passage is there: its score at each stage, and what was understood.
 *
 * The vocabulary of self-query is kept between questions until the warehouse changes; nothing else is.
 */
export function openRetrieval(
  ports: RetrievalPorts,
  settings: RetrievalSettings = shippedSettings,
): Retrieve {
  const vocabularyNow = vocabularyReader(ports.warehouse);
  return async (question, signal) => {
    const clock = stopwatch();
    const [set, vocabulary] = await Promise.all([
      currentSet(ports.features),
      vocabularyNow(question.access),
    ]);
    const { understanding, terms } = await understand(question, vocabulary);
    const filters = settings.selfQuery ? understanding.filters : [];
    clock.lap('understand');

    const { features, embedder } = ports;
    const { access } = question;
    const statistics = statisticsOf(features, set);
    const search: Search = { features, set, embedder, settings, statistics, access, signal };
    const found = await findCandidates(search, terms, understanding.rewritten, filters);
    clock.lap('search');

    const expansion = await expanded(
      ports,
      settings,
      { terms, feedback: feedbackOf(found), statistics, languages: vocabulary.languages },
      signal,
    );
    if (settings.expand) clock.lap('expand');

    const all = [...terms, ...expansion];
    const reranker = rerankerFor(ports, settings, statistics, vocabulary);
    const asked = understanding.rewritten;
    const scoring: Scoring = { reranker, settings, question: asked, terms: all, filters, signal };
    const ranked = await scored(found, scoring);
    clock.lap('rerank');

    const chosen = besides(ranked, question.besides ?? [], settings.limit, (some) =>
      inTurns(capped(some, settings.perDocument), filters),
    );
    const passages = chosen.map((each) => widened(each, ports, set, settings));
    return {
      featureSet: set.id,
      understanding,
      passages,
      expansion,
      timings: clock.laps(),
      fallbacks: [],
    };
  };
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

function rerankerFor(
  { reranker }: RetrievalPorts,
  settings: RetrievalSettings,
  statistics: Search['statistics'],
  { languages }: Vocabulary,
): Reranker | undefined {
  if (!settings.rerank) return undefined;
  return reranker ?? lexicalReranker({ statistics, languages });
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

/** Milliseconds between laps, and in all as `total`. */
function stopwatch(): { lap(name: string): void; laps(): StageTimings } {
  const start = performance.now();
  let last = start;
  const laps: Record<string, number> = {};
  return {
    lap(name) {
      const now = performance.now();
      laps[name] = now - last;
      last = now;
    },
    laps: () => ({ ...laps, total: performance.now() - start }),
  };
}
