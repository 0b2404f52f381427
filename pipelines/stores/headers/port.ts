/** A stretch of a document's content, in UTF-16 offsets `[start, end)`, and what the model wrote above it. */
export type StoredHeader = {
  readonly start: number;
  readonly end: number;
  /** One line; empty where the model had nothing to say. */
  readonly text: string;
};

/** A document as it was when its headers were written. */
export type HeadedDocument = { readonly id: string; readonly contentHash: string };

/** How an attempt at a document ended. */
export type HeaderAttempt = {
  /** Passages that are still without a header. */
  readonly missing: number;
  /** Whether it was the model's doing rather than the network's: such a document is given up some time. */
  readonly counts: boolean;
};

/**
 * What a language model wrote above passages, so that nobody pays for it twice.
 *
 * `recipe` names model and prompt: what another recipe wrote is never handed out. It holds words about people's
 * writing, so it follows the warehouse: what is removed there is forgotten here.
 *
 * Every adapter promises: `put` is durable when it returns, adds to what is there, and drops what any recipe wrote
 * about other content of the document; `unfinished` is in ascending document-id order (bytewise); what `forget` names is gone
 * from the storage beneath.
 */
export type HeaderStore = {
  /** In the order of their start. */
  get(recipe: string, document: HeadedDocument): Promise<readonly StoredHeader[]>;
  put(recipe: string, document: HeadedDocument, headers: readonly StoredHeader[]): Promise<void>;
  /** Notes what is left to do; nothing missing clears the note. */
  noteAttempt(recipe: string, document: HeadedDocument, attempt: HeaderAttempt): Promise<void>;
  /** Documents noted with passages missing whose attempts that count are fewer than `attempts`. */
  unfinished(recipe: string, attempts: number): Promise<readonly string[]>;
  /** Removing what is not there is fine. */
  remove(documentId: string): Promise<void>;
  /** The same for good: from the bytes beneath, too. */
  forget(documentIds: readonly string[]): Promise<void>;
};
