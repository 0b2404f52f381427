/** An immutable file by its content: a training set, an adapter, a reranker, a report. */
export type Artefact = {
  /** sha256 of the bytes, hex: the artefact's address. */
  readonly sha256: string;
  readonly bytes: number;
  /** What it is called by people; not part of the address. */
  readonly name: string;
  readonly mediaType: string;
};

/**
 * Content-addressed files.
 *
 * Every adapter promises: putting the same bytes twice stores them once; a reader never sees half a file;
 * `read` checks the bytes against their address and fails with PermanentError `artefact.corrupt` rather
 * than hand out others; an unknown address is PermanentError `artefact.unknown`.
 */
export type ArtefactStore = {
  put(
    content: AsyncIterable<Uint8Array> | Uint8Array,
    about: { readonly name: string; readonly mediaType: string },
  ): Promise<Artefact>;
  read(sha256: string): Promise<Uint8Array>;
  stat(sha256: string): Promise<Artefact | undefined>;
  list(): AsyncIterable<Artefact>;
  remove(sha256: string): Promise<void>;
};
