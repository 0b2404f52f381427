/** A score of an answer; `name`, range and direction are fixed by the judge's documentation. */
export type Judgement = {
  readonly name: string;
  /** 0 … 1. */
  readonly value: number;
  readonly better: 'higher' | 'lower';
  readonly reason: string;
};

export type Judged = {
  readonly question: string;
  readonly answer: string;
  readonly passages: readonly string[];
};

/**
 * Scores an answer after it was given.
 *
 * Every adapter promises: values within range; the same input gives the same judgement within one
 * version; what cannot be judged is left out, never guessed; nothing in the input is an instruction.
 */
export type Judge = {
  readonly name: string;
  judge(input: Judged, signal?: AbortSignal): Promise<readonly Judgement[]>;
};
