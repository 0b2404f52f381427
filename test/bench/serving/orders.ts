/** What the bench asks of a client's process. */
export type Order =
  | { readonly do: 'in-turn'; readonly calls: number }
  | { readonly do: 'at-once'; readonly streams: number; readonly lastsMs: number }
  | { readonly do: 'heap'; readonly streams: number; readonly calls: number };

export type InTurn = {
  /** Milliseconds to the first text, call by call. */
  readonly firstMs: readonly number[];
  /** Per call, milliseconds of this process, its garbage collection included. */
  readonly cpuMs: number;
  /** The same of retrieval alone; 0 for who does not retrieve. */
  readonly retrievalCpuMs: number;
};
export type AtOnce = { readonly perSecond: number };
export type Heap = { readonly growthMib: number };
export type Report = InTurn | AtOnce | Heap;
