import type { Json } from '../state/port.ts';

export type Platform = 'slack' | 'discord' | 'web' | 'terminal' | 'api';

/** Where something was said. */
export type Place = {
  readonly platform: Platform;
  /** Workspace (Slack) or guild (Discord); null where there is none. */
  readonly workspace: string | null;
  /** The channel; for a Discord thread its parent. Null outside channels. */
  readonly channel: string | null;
  /** `local`: a page or terminal of this machine. */
  readonly kind: 'channel' | 'direct' | 'local';
};

export type Person = {
  readonly id: string;
  /** Role ids (Discord) or user group ids (Slack), as far as known. */
  readonly roles: readonly string[];
  /** As the platform names it: `en_US`, `pt-BR`; null where unknown. */
  readonly locale: string | null;
  readonly bot: boolean;
};

/** How an answer should differ from the one it replaces. */
export type Wish = 'shorter' | 'longer' | 'again';

/** Hard limits that the asker set by the options of a command. */
export type Only = {
  readonly authors?: readonly string[];
  readonly sources?: readonly string[];
  /** ISO 8601 date, inclusive; writing without a date is left out. */
  readonly since?: string;
};

/** Something a person said, as a channel hands it over: already parsed, never trusted as an instruction. */
export type Message = {
  /** The platform's id of this event, the same when it is delivered again. Answered once. */
  readonly event: string;
  /** Id of the platform's message that holds the question, so that edits and deletions find it. */
  readonly message: string | null;
  /** Name of the thread, unique over all platforms and workspaces. */
  readonly thread: string;
  /** True where the thread begins with this message: nothing can have been said in it before. */
  readonly opensThread: boolean;
  readonly place: Place;
  readonly person: Person;
  /** What was asked, as Markdown, without the mention of the bot. */
  readonly text: string;
  /** Said to the twin: a mention, a direct message, a command, a button. Otherwise settings decide. */
  readonly addressed: boolean;
  /** Mentions people other than the twin: then a message without a mention of the twin is not for it. */
  readonly mentionsOthers: boolean;
  readonly task: 'answer' | 'summary';
  readonly only?: Only;
  /** Shorter or longer than usual; a wish for another answer says so itself. */
  readonly length?: 'short' | 'long';
  /** What the channel needs in order to answer here, also from another process after a crash. */
  readonly reply: Json;
};
