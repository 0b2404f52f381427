/** Milliseconds spent in a named step of an answer, as measured. */
export type TracedSpan = {
  readonly name: string;
  readonly startMs: number;
  readonly durationMs: number;
  readonly attributes: Readonly<Record<string, unknown>>;
};

/** One question and what became of it. */
export type Trace = {
  readonly id: string;
  readonly thread: string;
  readonly channel: string;
  /** Keyed hash of the asker, never a name; null where there is no account. */
  readonly asker: string | null;
  readonly startedAt: string;
  readonly question: string;
  readonly answer: string;
  readonly outcome: 'answered' | 'abstained' | 'cancelled' | 'failed';
  readonly release: string;
  readonly featureSet: string | null;
  /** Documents whose passages were shown or cited: so that forgetting one can find its traces. */
  readonly documents: readonly string[];
  /** Their authors' ids, for the same reason. */
  readonly authors: readonly string[];
  readonly spans: readonly TracedSpan[];
};

export type Feedback = {
  readonly trace: string;
  /** Who gave it: a later one by the same giver replaces the earlier. */
  readonly giver: string;
  readonly value: 'up' | 'down';
  readonly reason: string | null;
  readonly at: string;
};

/** A thumb with the question it is about, for people who look at how it goes. */
export type RecentFeedback = Feedback & { readonly question: string };

/**
 * All that pipelines and bots know of monitoring.
 *
 * Every adapter promises: when `record` resolves, the trace survives a crash; it takes about a
 * millisecond and never waits for a network.
 */
export type Tracer = {
  record(trace: Trace): Promise<void>;
  /** Returns false when no such trace exists. */
  feedback(feedback: Feedback): Promise<boolean>;
};

/** The local log behind the tracer: what operators and `forget` read. */
export type TraceLog = Tracer & {
  /** Newest first; `ids` that are not kept are left out. */
  traces(filter?: {
    readonly thread?: string;
    readonly ids?: readonly string[];
    readonly limit?: number;
  }): Promise<readonly Trace[]>;
  feedbackOf(trace: string): Promise<readonly Feedback[]>;
  /** Newest first. */
  recentFeedback(limit: number): Promise<readonly RecentFeedback[]>;
  counts(): Promise<{ readonly traces: number; readonly up: number; readonly down: number }>;
  /** Removes every trace that shows or cites any of these documents or authors; returns how many. */
  forget(what: {
    readonly documents?: readonly string[];
    readonly authors?: readonly string[];
  }): Promise<number>;
};
