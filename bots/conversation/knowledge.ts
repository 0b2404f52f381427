import type { StyleProfile } from '../../pipelines/inference/ask.ts';
import type { Access } from '../../pipelines/stores/features/port.ts';

export type { StyleProfile };

/** What the twin was built from, as one audience may see it. Every number is counted. */
export type Knowledge = {
  overview(access?: Access): Promise<Overview>;
  /** Sources with their documents, most first. */
  sources(access?: Access): Promise<readonly KnownSource[]>;
  authors(access?: Access): Promise<readonly KnownAuthor[]>;
  /**
   * Questions that one could begin with, from titles spread over the corpus.
   * @param phrase makes a question of a title that is none, in the language of whom it is for; English without it.
   */
  suggestions(
    most: number,
    access?: Access,
    phrase?: (title: string) => string,
  ): Promise<readonly string[]>;
  /** How the writing reads, measured on a sample of it; null while there is too little of it to say. */
  style(access?: Access): Promise<StyleProfile | null>;
};

export type Overview = {
  readonly documents: number;
  /** Passages that can be found right now. */
  readonly passages: number;
  readonly authors: readonly string[];
  readonly sources: number;
  /** ISO 8601; null when no document has a date. */
  readonly earliest: string | null;
  readonly latest: string | null;
  /** When any of the origins of these documents was last collected, ISO 8601; null for never. */
  readonly collectedAt: string | null;
};

export type KnownSource = {
  readonly name: string;
  readonly documents: number;
};

export type KnownAuthor = {
  readonly id: string;
  readonly name: string;
  readonly documents: number;
};
