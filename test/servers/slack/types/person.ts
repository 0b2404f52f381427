import type { Message, View } from './messages.ts';

/** How the app met an interaction. Slack does not repeat these: the person sees an error instead. */
export type Interaction = {
  readonly outcome: 'acknowledged' | 'operation_timeout' | 'dispatch_failed';
  /** Payload of the acknowledgement, e.g. a `response_action`. */
  readonly payload: unknown;
};

/** Values of a form by `action_id`; a string for inputs and selects, an array for multi-selects and checkboxes. */
export type FormValues = Readonly<Record<string, string | readonly string[] | null>>;

/** Somebody at the keyboard. Events are on their way when a method returns; `SlackServer.settled` waits for them. */
export type Person = {
  readonly id: string;
  readonly locale: string;
  /** Posts a message. A mention of the bot arrives twice, as `message` and as `app_mention`, as in real life. */
  says(said: {
    readonly channel: string;
    readonly text: string;
    readonly thread_ts?: string;
  }): Message;
  /** The same with the bot's mention in front. */
  mentions(said: {
    readonly channel: string;
    readonly text: string;
    readonly thread_ts?: string;
  }): Message;
  /** A direct message to the bot. In an assistant thread give its `thread_ts`. */
  dms(text: string, thread_ts?: string): Message;
  /** Id of the direct message channel with the bot. */
  readonly dm: string;
  edits(message: Message, text: string): void;
  deletes(message: Message): void;
  reacts(message: Message, name: string): void;
  /** Presses a button or icon button, in a message, an ephemeral, a modal or the home tab. */
  presses(
    where: Message | View,
    actionId: string,
    options?: { readonly value?: string },
  ): Promise<Interaction>;
  /** 👍 or 👎 on native feedback buttons. */
  rates(
    message: Message,
    verdict: 'positive' | 'negative',
    actionId?: string,
  ): Promise<Interaction>;
  /** Chooses in a select, overflow, radio or checkbox element that reports at once. */
  chooses(
    where: Message | View,
    actionId: string,
    values: string | readonly string[],
  ): Promise<Interaction>;
  /** The modal on top, if one is open. */
  modal(): View | undefined;
  submits(values?: FormValues): Promise<Interaction>;
  /** Closes the modal on top; the app hears of it only with `notify_on_close`. */
  closesModal(): Promise<Interaction | undefined>;
  runs(command: string, text: string, where?: { readonly channel: string }): Promise<Interaction>;
  /** A message shortcut. */
  shortcuts(callbackId: string, message: Message): Promise<Interaction>;
  /** A global shortcut. */
  globalShortcut(callbackId: string): Promise<Interaction>;
  opensHome(tab?: 'home' | 'messages'): void;
  /** Opens the assistant pane; gives the thread. `context` is the channel looked at meanwhile. */
  opensAssistant(context?: { readonly channel?: string }): {
    readonly channel: string;
    readonly thread_ts: string;
  };
  looksAt(
    thread: { readonly channel: string; readonly thread_ts: string },
    context: { readonly channel: string },
  ): void;
  /** Presses Slack's own stop button on a streaming message. */
  stopsStream(message: Message): void;
  invitesBot(channel: string): void;
  removesBot(channel: string): void;
  /** Texts that only this person saw, newest last. */
  ephemerals(channel?: string): readonly Message[];
};
