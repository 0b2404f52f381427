/** One turn of a thread as it is summed up; `who` as people call the speaker, where that is known. */
export type Said = {
  readonly role: 'user' | 'twin';
  readonly text: string;
  readonly who?: string;
};
