import type {
  APIInteraction,
  APIMessage,
  APIModalInteractionResponseCallbackData,
} from 'discord.js';

export type MessageVersion = {
  readonly atMs: number;
  readonly text: string;
  readonly flags: number;
  readonly payload: APIMessage;
};

/** A message as people saw it. */
export type SeenMessage = {
  readonly id: string;
  readonly channelId: string;
  readonly author: { readonly id: string; readonly name: string; readonly bot: boolean };
  /** All the text in it now: content, or the text of its components, or of its embeds. */
  readonly text: string;
  readonly content: string;
  readonly components: NonNullable<APIMessage['components']>;
  readonly controls: readonly Control[];
  readonly attachments: readonly { readonly filename: string; readonly text: string }[];
  readonly flags: number;
  /** "… is thinking": deferred and not yet filled. */
  readonly thinking: boolean;
  /** Only this user sees it. */
  readonly ephemeralFor: string | undefined;
  readonly deleted: boolean;
  readonly replyTo: string | undefined;
  /** Users and groups whom it pinged. */
  readonly pinged: readonly string[];
  /** Everything it has shown, oldest first; the last is what it shows now. */
  readonly versions: readonly MessageVersion[];
};

export type Control = {
  readonly kind: 'button' | 'link' | 'select';
  readonly label: string;
  readonly customId: string | undefined;
  readonly url: string | undefined;
  readonly disabled: boolean;
  /** The values that a select offers. */
  readonly options: readonly { readonly label: string; readonly value: string }[];
};

export type Choice = { readonly name: string; readonly value: string | number };

export type ShownModal = {
  readonly userId: string;
  readonly interactionId: string;
  readonly customId: string;
  readonly title: string;
  readonly payload: APIModalInteractionResponseCallbackData;
};

export type Acknowledgement =
  | { readonly kind: 'message'; readonly ephemeral: boolean }
  | { readonly kind: 'deferred'; readonly ephemeral: boolean }
  | { readonly kind: 'update' }
  | { readonly kind: 'deferred-update' }
  | { readonly kind: 'autocomplete'; readonly choices: readonly Choice[] }
  | { readonly kind: 'modal'; readonly modal: ShownModal };

/** Something a person did that the bot must answer. */
export type Asked = {
  readonly id: string;
  readonly token: string;
  readonly userId: string;
  readonly payload: APIInteraction;
  /** When the bot answered or deferred; never rejects. */
  readonly acknowledged: Promise<Acknowledgement>;
  /** Undefined until the bot answered or deferred. */
  readonly acknowledgement: () => Acknowledgement | undefined;
  /** Undefined until then; ms of the server's clock between the event and the first answer. */
  readonly tookMs: () => number | undefined;
  /** The answer (or the message that a component sits on, for updates). */
  readonly original: () => SeenMessage | undefined;
  /** The answer and what followed it, in order. */
  readonly messages: () => SeenMessage[];
};
