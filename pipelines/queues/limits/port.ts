/**
 * Turns at hosts, shared by all processes that ask them for something: of all that ask, one at a time gets
 * a turn, and the next one not before the interval is over.
 *
 * Every adapter promises that no two get the same turn, and that a process that dies keeps none: turns end
 * by themselves.
 */
export type HostLimits = {
  /**
   * Takes a turn at the host, which then is nobody's for `intervalMs`. Returns 0 when it was taken, else
   * after how many ms to ask again; whoever asks decides how long that is worth waiting for.
   */
  ask(host: string, intervalMs: number): Promise<number>;
  /** Nobody gets a turn for so long from now, as the host asked (Retry-After). Never shortens a wait. */
  holdOff(host: string, forMs: number): Promise<void>;
  close(): Promise<void>;
};
