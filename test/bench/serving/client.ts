/** One way to get a streamed reply from a model server. */
export type Client = {
  /** Asks once and reads to the end. Milliseconds from asking to the first text. */
  ask(index: number): Promise<number>;
  /** What of that is retrieval, alone; so that it can be told apart from the rest. */
  retrieve?(index: number): Promise<unknown>;
};

/** What a client's module exports as `open`. */
export type OpenClient = (server: ServerToAsk) => Promise<Client>;

export type ServerToAsk = {
  /** Without a path. */
  readonly url: string;
  /** The house with the indexed writing, for those who retrieve. */
  readonly home: string;
};
