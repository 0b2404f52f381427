import { randomUUID } from 'node:crypto';
import type { ChatModel, Passage, Turn } from '../serving/chat/port.ts';
import { queryTerms, stem } from '../stores/features/lexical.ts';
import type { LexicalStatistics } from '../stores/features/port.ts';
import { abstention } from './abstain.ts';
import { asAnswerError, failedStream } from './failure.ts';
import { isMatch } from './retrieve/boost.ts';
import { sourceOf } from './sources.ts';
import type { AnswerEvent, Question, Retrieved, Understanding } from './types.ts';
import { unlessAborted, unlessAbortedEach } from './unless-aborted.ts';

export { intersect } from '../stores/features/port.ts';
export type { AnswerBegun, Inference } from './port.ts';
export { markedText } from './sources.ts';
export { summarise } from './summarise.ts';
export type { Said } from './summary/said.ts';
export type {
  AnswerError,
  AnswerEvent,
  AnswerSource,
  Fallback,
  Question,
  Retrieved,
} from './types.ts';
export { sampleOf, spread } from './voice/sample.ts';
export { type StyleProfile, styleOf } from './voice/style.ts';
export type { Turn };

/** Understanding, expansion, retrieval and reranking as one step. */
export type Retrieve = (question: Question, signal?: AbortSignal) => Promise<Retrieved>;

/** What answering needs; chosen where the process starts. */
export type Answering = {
  readonly retrieve: Retrieve;
  readonly model: ChatModel;
  /** How frequent the question's stems are, so that rare words weigh more; without it all weigh the same. */
  readonly statistics?: (
    featureSet: string,
    stems: readonly string[],
  ) => Promise<LexicalStatistics>;
  /** Longest time for a whole answer, in milliseconds. */
  readonly deadlineMs?: number;
  /** How many passages the model reads at most, and so how many sources an answer shows. */
  readonly maxPassages?: number;
};

/**
 * Answers a question: `status`…, `sources`, `text`…, then exactly one `done` or `error`. Every failure
 * arrives as `error`; the only thing thrown is the reason of an aborted `signal`.
 */
export async function* ask(
  answering: Answering,
  question: Question,
  signal?: AbortSignal,
): AsyncGenerator<AnswerEvent, void> {
  const { deadlineMs = 30_000 } = answering;
  const trace = randomUUID();
  // A timer of our own: that of AbortSignal.timeout would keep the whole answer in memory until it fires.
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), deadlineMs);
  const deadline = late.signal;
  const stop = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
  try {
    yield* answer(answering, question, trace, stop);
  } catch (failure) {
    signal?.throwIfAborted();
    yield { type: 'error', trace, error: asAnswerError(failure, { deadline, deadlineMs }) };
  } finally {
    clearTimeout(timer);
  }
}

async function* answer(
  { retrieve, model, statistics, maxPassages = 8 }: Answering,
  question: Question,
  trace: string,
  signal: AbortSignal,
): AsyncGenerator<AnswerEvent, void> {
  const startedAt = performance.now();
  yield { type: 'status', stage: 'understanding' };
  yield { type: 'status', stage: 'retrieving' };
  const retrieved = await unlessAborted(retrieve(question, signal), signal);
  const shown = retrieved.passages.slice(0, maxPassages);
  const sources = shown.map(sourceOf);
  const { featureSet, understanding, expansion } = retrieved;
  yield { type: 'sources', featureSet, sources, understanding, expansion };

  yield { type: 'status', stage: 'answering' };
  const answeringAt = performance.now();
  const asked = understanding.rewritten;
  const stream = model.stream(
    {
      question: asked,
      history: question.history,
      conditions: metConditions(understanding, shown),
      passages: passagesOf(shown, question.besides),
      ...(question.length && { length: question.length }),
      idf: await unlessAborted(idfOf(asked, featureSet, statistics), signal),
    },
    signal,
  );
  const cited = new Set<number>();
  const fallbacks = [...retrieved.fallbacks];
  let cut = false;
  for await (const part of unlessAbortedEach(stream, signal)) {
    if (part.type === 'text') {
      // Only once something follows: there may be nothing to add to what was said.
      if (cut) yield cutShort(question.abstention);
      cut = false;
      const citations = part.citations.filter((number) => sources[number - 1] !== undefined);
      for (const number of citations) cited.add(number);
      yield { type: 'text', text: part.text, citations };
      continue;
    }
    if (part.type === 'fallback') {
      const { reason, code } = part;
      fallbacks.push({ stage: 'generate', reason, code });
      cut = reason === 'cut';
      continue;
    }
    const abstained = part.reason === 'unsupported';
    // Written and not quoted, and by nothing in the writing to be checked against: whoever reads it should know.
    if (!abstained && part.generation && cited.size === 0) {
      fallbacks.push({ stage: 'generate', reason: 'uncited', code: 'chat.uncited' });
    }
    if (abstained) {
      for (const text of abstention(sources, question.abstention)) {
        for (const number of text.citations) cited.add(number);
        yield text;
      }
    }
    const now = performance.now();
    yield {
      type: 'done',
      outcome: abstained ? 'abstained' : 'answered',
      trace,
      cited: [...cited].sort((a, b) => a - b),
      support: part.support,
      timings: { ...retrieved.timings, answer: now - answeringAt, total: now - startedAt },
      fallbacks,
      generation: part.generation ?? null,
      ...(retrieved.reading && { reading: retrieved.reading }),
    };
    return;
  }
  throw failedStream(model.name);
}

/** Where the model broke off: what comes after it, if anything does, is quoted. */
function cutShort(words: Question['abstention']): AnswerEvent {
  const said = words?.cutShort ?? 'The answer was cut short here. From the writing itself:';
  return { type: 'text', text: `\n\n_${said}_`, citations: [] };
}

/**
 * The words of those filters that a passage really meets. A year in which nothing was written stays part of
 * what is asked, and counts as not found.
 */
function metConditions({ filters }: Understanding, shown: Retrieved['passages']): string[] {
  return filters
    .filter((filter) => shown.some(({ chunk }) => isMatch(chunk.attributes, filter)))
    .map(({ words }) => words);
}

/**
 * What the model reads. A passage is the chunk itself, without its neighbours: a citation must stand at
 * the very place that the source points at.
 */
function passagesOf(shown: Retrieved['passages'], besides: readonly string[] = []): Passage[] {
  const used = new Set(besides);
  const best = Math.max(...shown.map(({ scores }) => scores.final), Number.MIN_VALUE);
  return shown.map(({ chunk, scores }, index) => ({
    number: index + 1,
    text: chunk.text,
    context: chunk.context,
    title: chunk.attributes.title,
    language: chunk.attributes.language,
    score: Math.min(1, Math.max(0, scores.final / best)),
    ...(used.has(chunk.id) && { usedBefore: true }),
  }));
}

/**
 * In a handful of passages a word that stands in one of them would seem common. So rarity is judged as in a corpus
 * of at least this many passages; chosen on the dev split of the handbook's golden set.
 */
const leastCorpus = 500;

/** Inverse document frequency as BM25 has it (Robertson and Zaragoza 2009, section 3.1), never negative. */
async function idfOf(
  question: string,
  featureSet: string,
  statistics: Answering['statistics'],
): Promise<(stem: string) => number> {
  if (statistics === undefined) return () => 1;
  const stems = [...new Set(queryTerms(question).map(({ term }) => stem(term)))];
  const { chunks, documentFrequency } = await statistics(featureSet, stems);
  const size = Math.max(chunks, leastCorpus);
  return (asked) => {
    const containing = documentFrequency.get(asked) ?? 0;
    return Math.log(1 + (size - containing + 0.5) / (containing + 0.5));
  };
}
