/** Retries that a quiet service has in hand, so that the first failures of the day are tried again at all. */
const reserve = 10;

export type RetryBudget = {
  /** A request came in. */
  deposit(): void;
  /** Takes one retry, if there is one. */
  withdraw(): boolean;
};

/**
 * Bounds retries to a share of requests: when everything fails, a server is asked `1 + share` times as much, not
 * `attempts` times (Finagle's RetryBudget; Google SRE book, chapter 21).
 *
 * @param share retries earned by a request, 0 … 1; 0 allows none at all
 */
export function openBudget(share: number): RetryBudget {
  let balance = share > 0 ? reserve : 0;
  return {
    deposit() {
      balance = Math.min(reserve, balance + share);
    },
    withdraw() {
      if (balance < 1) return false;
      balance -= 1;
      return true;
    },
  };
}
