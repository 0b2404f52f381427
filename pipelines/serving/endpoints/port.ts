/** One model server: its root address, and the token it asks for. */
export type Endpoint = { readonly url: string; readonly token?: string };

export type EndpointSettings = {
  /** What the service is called in errors: `The model server`, `The embedding server` … */
  readonly service: string;
  /** Stable prefix of its errors' codes: `chat`, `embed`, `rerank`. */
  readonly code: string;
  /** Requests that one endpoint is given at once. */
  readonly concurrency: number;
  /** Requests that may wait beyond that, over all endpoints; with more, the next fails at once. */
  readonly queue: number;
  /** Longest time one attempt may take until its first result, in milliseconds. */
  readonly firstMs: number;
  /** Longest silence between two results of a stream, in milliseconds. */
  readonly idleMs: number;
  /** Attempts for one request at most, the first included. */
  readonly attempts: number;
  /** Retries allowed per request over time (0 … 1), so that a sick server is not asked for twice as much. */
  readonly retryBudget: number;
  /** Path that answers 200 while the server is well, for example `/health`; null where there is none. */
  readonly healthPath: string | null;
};

/** One try at one endpoint. */
export type Attempt = {
  readonly endpoint: Endpoint;
  /**
   * Aborted by the caller and by the attempt's own time limits, and always once the attempt is over: a stream that
   * is left behind closes its connection.
   */
  readonly signal: AbortSignal;
  /** The server showed that it is working, without a result yet: its time limit begins anew. */
  alive(): void;
};

export type Work = {
  /** Requests that share it (adapter, prompt prefix) go to the same endpoint for as long as that one is well. */
  readonly affinity?: string;
  readonly signal?: AbortSignal;
};

/** What is known of one endpoint now; for `doctor`, metrics and the status page. */
export type EndpointState = {
  readonly url: string;
  readonly breaker: 'closed' | 'open' | 'half-open';
  readonly healthy: boolean;
  /** Requests it is working on. */
  readonly running: number;
  readonly succeeded: number;
  readonly failed: number;
};

/**
 * The endpoints of one service, behind which a request finds its way: admission, affinity, retry, circuit breaker.
 *
 * Promises: a request beyond the queue's bound fails at once with TransientError `<code>.busy`; a PermanentError is
 * never tried again; a TransientError is, within the attempts and the budget: after a jittered backoff, elsewhere if
 * there is an elsewhere, else not before its `retryAfterMs` (beyond 10 s it is thrown at once); a stream is tried again
 * only while nothing of it was handed on; with every breaker open a request fails at once with TransientError
 * `<code>.down`; the signal's reason is thrown on abort; whatever the end, the attempt's signal is aborted and its
 * slot is free.
 */
export type Endpoints = {
  call<T>(work: Work, attempt: (attempt: Attempt) => Promise<T>): Promise<T>;
  stream<T>(work: Work, attempt: (attempt: Attempt) => AsyncIterable<T>): AsyncIterable<T>;
  states(): readonly EndpointState[];
  /** Requests that wait for a slot. */
  waiting(): number;
  close(): Promise<void>;
};
