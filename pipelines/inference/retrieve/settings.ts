/** How retrieval is done: part of a release, so that an answer can be replayed. */
export type RetrievalSettings = {
  /** Passages that the first stage hands on. */
  readonly candidates: number;
  /** How many of them are scored again; the others keep their order below. */
  readonly rescored: number;
  /** Passages returned. */
  readonly limit: number;
  /** Most passages of one document among those returned. */
  readonly perDocument: number;
  /** Neighbours on each side whose text a generator reads too. */
  readonly window: number;
  /** What one matching attribute is worth, as a share of the best score. */
  readonly boost: number;
  /** Share of the dense scores where the set has vectors; the rest is the lexical score's. */
  readonly denseShare: number;
  /** After this time the search goes on by words alone, in milliseconds. */
  readonly denseDeadlineMs: number;
  readonly selfQuery: boolean;
  readonly rerank: boolean;
  readonly expand: boolean;
  /** What a model reranker does, where there is one: it costs time by the passage. */
  readonly modelRerank: {
    /** The best of those that the embedded reranker ordered; the others keep their order below. */
    readonly passages: number;
    /** After this time their order stands, in milliseconds. */
    readonly deadlineMs: number;
  };
  /** What a language model does for retrieval, where there is one. */
  readonly model: ModelUnderstanding;
};

/** All of it is one call of the model, in parallel with the first search. */
export type ModelUnderstanding = {
  /** Reads filters (author, source, date …) where the rules read none. */
  readonly selfQuery: boolean;
  /** Writes the question out so that it stands alone, where there is a thread. */
  readonly rewrite: boolean;
  /** Other wordings searched for beside the question; 0 for none. */
  readonly rewordings: number;
  /** Splits comparisons and questions about an order of events into steps; at most this many, 0 for none. */
  readonly steps: number;
  /**
   * Share of all other wordings and steps together in the fused score; the rest is the question's own. As shipped, as much as
   * costs nothing when the model is wrong: see `shippedSettings`.
   */
  readonly share: number;
  /** After this time retrieval goes on without it, in milliseconds. */
  readonly deadlineMs: number;
};

/**
 * As shipped: of the nine finalists compared on seven sets of questions, the one with the best mean whichever
 * set is left out (`npm run bench -- retrieval` prints what each part brings).
 *
 * `denseShare` was measured with all-MiniLM-L6-v2 on a real server: mean nDCG@10 over SciFact, Cranfield, CISI and the
 * golden set .552 at 0, .589 at .2, .602 at .3, .603 at .4, .602 at .5, and lower beyond; from .3 to .5 no difference is
 * significant, whichever set is left out.
 *
 * `model.share` is chosen by what a model that is wrong may cost. Loss of nDCG@10 on Cranfield and SciFact, with other
 * questions of the same collection for rewordings, by share (0.1, 0.2, 0.3, 0.5). Three of them: .005, none, none, .019
 * and .001, none, none, .011; one alone: .003, .005, .016, .196 and .005, .003, .014, .265. At 0.2 no loss is significant
 * (paired randomisation, p > 0.1), from 0.3 on some are. What a model that is right brings has not been measured.
 */
export const shippedSettings: RetrievalSettings = {
  candidates: 200,
  rescored: 100,
  limit: 8,
  perDocument: 2,
  window: 1,
  boost: 0.2,
  denseShare: 0.4,
  denseDeadlineMs: 2_000,
  selfQuery: true,
  rerank: true,
  expand: false,
  modelRerank: { passages: 50, deadlineMs: 1_000 },
  model: { selfQuery: true, rewrite: true, rewordings: 1, steps: 4, share: 0.2, deadlineMs: 800 },
};
