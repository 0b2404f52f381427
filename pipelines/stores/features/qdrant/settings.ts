/** How a Qdrant server is used. Sizes and times have defaults that suit up to some million passages on one node. */
export type QdrantSettings = {
  /** `http(s)://host:port/path`; port 6333 where it names none. */
  readonly url: string;
  readonly apiKey?: string;
  /** Begins the names of all collections and of the alias: several houses can share a server. */
  readonly prefix?: string;
  /** Longest wait for one reply. Default 10,000. */
  readonly timeoutMs?: number;
  /** How long statistics of a set are remembered that another process may change meanwhile. Default 5,000. */
  readonly statisticsMs?: number;
  /** How far the mean length of passages may move, as a share, before weights are written anew. Default 0.05. */
  readonly driftTolerance?: number;
  /** After how long an unfinished write counts as abandoned. Default 10 minutes. */
  readonly graceMs?: number;
  /**
   * How long after its last change a document is looked at twice by a search. Beyond how far clocks of the processes may differ.
   * Default 30,000.
   */
  readonly doubtMs?: number;
  readonly size?: SizeSettings;
};

/** Decides, when a set is created, where its vectors live and how they are indexed. */
export type SizeSettings = {
  /** Passages the set is expected to have. Default 100,000. */
  readonly expectedChunks?: number;
  /**
   * Memory that full vectors may take, in bytes. A set that is expected to need more keeps them on disk, with
   * 8-bit copies in memory (a quarter of the size) that searches rank by before they look at the full ones of
   * the best. Default 1 GiB: 700,000 passages of 384 dimensions, 260,000 of 1,024.
   */
  readonly vectorMemoryBytes?: number;
  /** Links per node of the graph (HNSW's m): more is more accurate and larger. Default 16; 32 from 1,024 dimensions. */
  readonly links?: number;
  /**
   * Shards of a collection. Default 1, and more only for what one node cannot hold: each shard counts words for
   * itself, so with several of them scores are comparable only roughly.
   */
  readonly shards?: number;
  /** Copies of each shard, for clusters. Default 1. More than half of them must take a write, and agree on what is read. */
  readonly replicas?: number;
};

export type Timing = Required<
  Pick<QdrantSettings, 'timeoutMs' | 'statisticsMs' | 'driftTolerance' | 'graceMs' | 'doubtMs'>
>;

export function timingOf(settings: QdrantSettings): Timing {
  return {
    timeoutMs: settings.timeoutMs ?? 10_000,
    statisticsMs: settings.statisticsMs ?? 5_000,
    driftTolerance: settings.driftTolerance ?? 0.05,
    graceMs: settings.graceMs ?? 600_000,
    doubtMs: settings.doubtMs ?? 30_000,
  };
}
