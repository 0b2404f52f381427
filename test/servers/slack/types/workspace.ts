import type { Message, Prompts, Status, View } from './messages.ts';
import type { Person } from './person.ts';
import type { ChannelSpec, UserSpec } from './specs.ts';

export type Workspace = {
  readonly id: string;
  readonly domain: string;
  readonly bot: { readonly user: string; readonly id: string; readonly token: string };
  user(id: string): Person;
  addUser(spec: UserSpec): Person;
  addChannel(spec: ChannelSpec): void;
  archive(channel: string): void;
  /**
   * Messages as people see them, oldest first, without deleted and ephemeral ones: of a channel (thread
   * replies excluded unless broadcast), or of a thread (its first message included).
   */
  messages(channel: string, thread_ts?: string): readonly Message[];
  /** Every message ever posted by the bot, deleted ones included. */
  botMessages(channel?: string): readonly Message[];
  /** The message as it stands now. */
  message(channel: string, ts: string): Message | undefined;
  ephemerals(): readonly Message[];
  /** Every status ever set, in order. */
  statuses(channel?: string, thread_ts?: string): readonly Status[];
  /** The status shown now: empty when none, or when a message of the bot took it away. */
  status(channel: string, thread_ts: string): string;
  home(user: string): View | undefined;
  titles(): readonly {
    readonly channel: string;
    readonly thread_ts: string;
    readonly title: string;
  }[];
  prompts(): readonly Prompts[];
  /** Takes scopes from the bot's token, or gives them back. */
  revokeScopes(...scopes: readonly string[]): void;
  grantScopes(...scopes: readonly string[]): void;
  /** `tokens_revoked`, and `token_revoked` to every call from then on. */
  revokeToken(): void;
  /** `app_uninstalled` and `tokens_revoked`; the token is dead. */
  uninstall(): void;
  /** Another app posts, by chat.postMessage as bots do. */
  otherBotSays(
    userId: string,
    said: { readonly channel: string; readonly text: string; readonly thread_ts?: string },
  ): Message;
};
