/** How long the platform waits for an acknowledgement. */
export const patienceMs = 10_000;

/** Something that was said to the twin, as the platform's own server knows it. */
export type Said<Ref = unknown> = {
  /** Where the answer is to be seen: a thread, a direct conversation, a person's own view of a channel. */
  readonly place: string;
  readonly ref: Ref;
};

/** A message of the twin's with everything it ever showed. */
export type Shown = {
  readonly id: string;
  readonly place: string;
  /** As it stands now; empty once deleted. */
  readonly text: string;
  /** Why it looks unfinished: it streams, "is thinking", or can be stopped. Null when it does not. */
  readonly unfinished: string | null;
  readonly pings: readonly string[];
  /** Oldest first, ms of one clock. */
  readonly versions: readonly { readonly atMs: number; readonly text: string }[];
};

/**
 * What became of something for which the platform wants an answer at once: `refused-by-platform` shows the person an
 * error of the platform's own; a button may be gone by the time it is pressed.
 */
export type Reception = 'acknowledged' | 'refused-by-platform' | 'not-there';

/**
 * A platform with people in it, on the loopback address. People and channels are numbers; what they do takes effect
 * at once, and the twin hears of it by and by.
 */
export type Venue = {
  readonly name: 'slack' | 'discord';
  /** What the bots' process needs in order to come here. */
  readonly environment: Readonly<Record<string, string>>;
  /** Whether what is said while the twin is away reaches it later. */
  readonly keepsEvents: boolean;
  isConnected(): boolean;
  /** In a channel, with the twin's mention: begins a thread. */
  mention(channel: number, person: number, text: string): Said;
  /** In the thread that a mention began, without another mention; undefined while there is no thread. */
  follow(root: Said, person: number, text: string): Said | undefined;
  direct(person: number, text: string): Said;
  command(
    channel: number,
    person: number,
    text: string,
  ): { readonly said: Said; readonly received: Promise<Reception> };
  edit(said: Said, person: number, text: string): void;
  remove(said: Said, person: number): void;
  /** People among themselves; the twin has no business there. */
  chat(channel: number, person: number, text: string): Said;
  press(message: Shown, person: number, button: 'again' | 'shorter' | 'up'): Promise<Reception>;
  shownIn(said: Said): readonly Shown[];
  /** Everything the twin ever showed anywhere. */
  shown(): readonly Shown[];
  /** What still waits, as sentences: a status line, an interaction that nobody answered. */
  waiting(): readonly string[];
  /** To be called when the process has died: names what it alone was told of, which no other can take up. */
  processDied(): readonly string[];
  violations(): readonly string[];
  /** Something goes wrong with the connection; resolves when people would notice nothing more of it. */
  disturb(random: () => number): Promise<void>;
  /** Nothing goes wrong from now on. */
  calm(): void;
  /** How long the twin took to acknowledge events and interactions. */
  acknowledgedMs(): readonly number[];
  /** How often what went wrong so far. */
  mishaps(): Readonly<Record<string, number>>;
  close(): Promise<void>;
};
