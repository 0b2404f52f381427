/** What meets a call instead of, or around, its answer. */
export type Fault =
  | { readonly kind: 'rate_limited'; readonly retryAfterS: number }
  | { readonly kind: 'status'; readonly status: number; readonly body?: string }
  | { readonly kind: 'error'; readonly error: string }
  /** The answer never comes; the connection closes with the server. `after`: the call took effect. */
  | { readonly kind: 'timeout'; readonly when?: 'before' | 'after' }
  /** The connection is cut: before the call took effect, or after it. */
  | { readonly kind: 'drop'; readonly when: 'before' | 'after' }
  | { readonly kind: 'slow'; readonly delayMs: number };

export type Faults = {
  /** The next calls of the method (`*`: of any) meet the fault. */
  next(method: string, fault: Fault, times?: number): void;
  /** Every n-th call of the method from now on. */
  every(n: number, method: string, fault: Fault): void;
  /** Each call with this probability, drawn from the server's seed. */
  randomly(probability: number, method: string, faults: Fault | readonly Fault[]): void;
  /** Streams opened from now on can no longer be appended to after so many appends or characters. */
  expireStreams(after: {
    readonly appends?: number;
    readonly characters?: number;
    readonly times?: number;
  }): void;
  /** The next events arrive twice, in envelopes of their own. */
  duplicateEnvelopes(times?: number): void;
  /** Each event is doubled with this probability. */
  duplicateRandomly(probability: number): void;
  /** Holds the next events until there are `window`, and lets them go in reverse order. `clear` lets go what is held. */
  reorderEnvelopes(window: number): void;
  /** Forgets the acknowledgement of the next events, which are then delivered again. */
  loseAcks(times?: number): void;
  clear(): void;
  /** What was injected so far: method or `envelope`, and the fault's kind. */
  readonly injected: readonly { readonly where: string; readonly kind: string }[];
};
