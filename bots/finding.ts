/** One thing that a doctor looked at. `bad`: it cannot work like this; `advice`: it can, and could be better. */
export type Finding = {
  readonly name: string;
  readonly verdict: 'good' | 'advice' | 'bad';
  readonly found: string;
  readonly todo?: string;
};
