import { type Access, intersect } from '../../../pipelines/stores/features/port.ts';
import type { Person, Place } from '../../conversation/message.ts';
import type { ApiKey, ApiScope } from '../../state/port.ts';

/** Who holds a key, for the length of a request. */
export type Caller = {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly ApiScope[];
  readonly access: NonNullable<ApiKey['access']> | undefined;
  /** A mark of a text that only the same key makes again. */
  seal(text: string): string;
};

/** The API is one place; its people are its keys. Limits count per key, as for a person. */
export const apiPlace: Place = {
  platform: 'api',
  workspace: null,
  channel: null,
  kind: 'direct',
};

/** As access rules name it: `people: ['key:site']`. */
export const personOf = ({ name }: Caller, locale: string | null = null): Person => ({
  id: `key:${name}`,
  roles: [],
  locale,
  bot: false,
});

/** What the key may see at most, narrowed to what the request asks for. */
export const narrowed = (
  { access }: Caller,
  wanted: Access | undefined,
): Pick<Access, 'sources' | 'authors' | 'since'> | undefined => intersect(access, wanted);
