/** A Block Kit block as it travels: validated on the way in, plain data from then on. */
export type Block = { readonly type: string; readonly block_id?: string } & Readonly<
  Record<string, unknown>
>;

export type StreamState = 'in_progress' | 'completed' | 'errored';

export type StreamTask = {
  readonly id: string;
  readonly title: string;
  readonly status: 'pending' | 'in_progress' | 'complete' | 'error';
  readonly details: string;
  readonly output: string;
  readonly sources: readonly { readonly url: string; readonly text: string }[];
};

export type Stream = {
  readonly state: StreamState;
  /** What the stream was opened with; mixing is `streaming_mode_mismatch`. */
  readonly mode: 'markdown_text' | 'chunks' | undefined;
  readonly display: 'timeline' | 'plan' | 'dense';
  readonly recipient: { readonly team: string | undefined; readonly user: string | undefined };
  readonly appends: number;
  readonly markdown: string;
  readonly tasks: readonly StreamTask[];
  readonly planTitle: string | undefined;
  readonly stoppedByUser: boolean;
};

/** What people saw of a message at one moment. */
export type Version = {
  readonly by: 'post' | 'start' | 'append' | 'stop' | 'expire' | 'update' | 'delete';
  /** As `visibleText` gives it. */
  readonly text: string;
  readonly atMs: number;
};

export type Message = {
  readonly ts: string;
  readonly channel: string;
  readonly thread_ts: string | undefined;
  readonly user: string;
  readonly bot_id: string | undefined;
  /** Fallback text of notifications and screen readers; the text itself when there are no blocks. */
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly attachments: readonly unknown[];
  readonly metadata: unknown;
  readonly subtype: string | undefined;
  readonly client_msg_id: string | undefined;
  readonly edited: { readonly user: string; readonly ts: string } | undefined;
  readonly deleted: boolean;
  /** Only this person sees it. */
  readonly ephemeralTo: string | undefined;
  readonly unfurl: { readonly links: boolean | undefined; readonly media: boolean | undefined };
  readonly reactions: readonly { readonly name: string; readonly user: string }[];
  readonly stream: Stream | undefined;
  /** Every version shown, oldest first. */
  readonly history: readonly Version[];
};

export type View = {
  readonly id: string;
  readonly type: 'modal' | 'home';
  readonly user: string;
  readonly hash: string;
  readonly title: string;
  readonly callback_id: string;
  readonly private_metadata: string;
  readonly external_id: string;
  readonly blocks: readonly Block[];
  readonly root_view_id: string;
  readonly previous_view_id: string | null;
  /** Of the last submission, by block id, when the app answered with `response_action: errors`. */
  readonly errors: Readonly<Record<string, string>>;
  /** The payload as the app gave it, completed. */
  readonly source: Readonly<Record<string, unknown>>;
};

/** Status line under a thread ("is thinking…"); an empty status clears it. */
export type Status = {
  readonly channel: string;
  readonly thread_ts: string;
  readonly status: string;
  readonly loadingMessages: readonly string[];
  readonly atMs: number;
};

export type Prompts = {
  readonly channel: string;
  readonly thread_ts: string | undefined;
  readonly title: string | undefined;
  readonly prompts: readonly { readonly title: string; readonly message: string }[];
};
