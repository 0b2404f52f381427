import type { Html } from './html.ts';

/** Something that people saw, as HTML. */
export type Picture = {
  readonly title: string;
  readonly html: Html;
};

/** What a platform looked like, one picture after another. */
export type Album = {
  readonly platform: 'slack' | 'discord';
  readonly pictures: readonly Picture[];
  /** The picture that stands in the documentation. */
  readonly cover: string;
};
