import { anywhere, counting, type Stage, speaking, streaming, type Wrong } from './faults.ts';

/** What the person who asked is left with. */
export type Seen =
  | 'the answer'
  /** Quotations from the sources instead of an answer by the model. */
  | 'quotations'
  /** The beginning of the answer, a line that it was cut short, then quotations. */
  | 'its beginning, then quotations'
  | 'an abstention'
  | 'an error';

export type FaultCase = {
  readonly stage: Stage;
  /** In words, as it stands in the table. */
  readonly fault: string;
  readonly wrong: Wrong;
  readonly expected: {
    readonly seen: Seen;
    /** What the trace says was done without, and why: `late (chat.timeout)`; null for nothing. */
    readonly without: string | null;
    /** Requests for the stage's work that reach its server; null where their number says nothing. */
    readonly attempts: number | null;
  };
};

/** What was done without, and how often the server was asked. */
type Expected = readonly [without: string | null, attempts: number | null];
type Any = Readonly<Record<keyof typeof anywhere, Expected>>;
type Streaming = Readonly<Record<keyof typeof streaming, Expected>>;
type Counting = Readonly<Record<keyof typeof counting, Expected>>;

const well = {
  nothing: [null, 1],
  'slow, within its time': [null, 1],
  '429 once': [null, 2],
  '429 once, Retry-After: 0': [null, 2],
  '503 once': [null, 2],
  'connection cut once': [null, 2],
} as const;

const understand: Any & Streaming = {
  ...well,
  '429 always': ['busy (chat.overloaded)', 2],
  '429 always, Retry-After: 60': ['busy (chat.overloaded)', 1],
  '401 unauthorised': ['invalid (chat.unauthorised)', 1],
  '413 too large': ['invalid (chat.too-large)', 1],
  '422 refused': ['invalid (chat.refused)', 1],
  '424 backend failed': ['down (chat.failed)', 2],
  '500 failed': ['down (chat.failed)', 2],
  '503 unavailable': ['down (chat.down)', 2],
  'HTML page of a proxy, 502': ['down (chat.down)', 2],
  '200 without a byte': ['invalid (chat.misunderstood)', 1],
  'garbage instead of JSON': ['down (chat.unfinished)', 2],
  'connection cut at once': ['down (chat.down)', 2],
  'connection refused': ['down (chat.down)', 0],
  'silence for ever': ['late (understand.late)', 1],
  'error in the stream before text, once': [null, 2],
  'error in the stream before text': ['down (chat.failed)', 2],
  'overloaded, told in the stream': ['busy (chat.overloaded)', 2],
  'signs of life, but no token': ['late (understand.late)', 1],
  'end without a token': ['invalid (chat.shape)', 1],
  'error in the stream after text': ['down (chat.failed)', 1],
  'connection cut after text': ['down (chat.unfinished)', 1],
  'silence after text': ['late (understand.late)', 1],
  'garbage after text': ['down (chat.unfinished)', 1],
  'no finish reason, half said': ['down (chat.unfinished)', 1],
  'no finish reason, all said': ['down (chat.unfinished)', 1],
};

const embed: Any & Counting = {
  ...well,
  '429 always': ['busy (embed.overloaded)', 2],
  '429 always, Retry-After: 60': ['busy (embed.overloaded)', 1],
  '401 unauthorised': ['invalid (embed.unauthorised)', 1],
  '413 too large': ['invalid (embed.too-large)', 1],
  '422 refused': ['invalid (embed.refused)', 1],
  '424 backend failed': ['down (embed.failed)', 2],
  '500 failed': ['down (embed.failed)', 2],
  '503 unavailable': ['down (embed.down)', 2],
  'HTML page of a proxy, 502': ['down (embed.down)', 2],
  '200 without a byte': ['invalid (embed.reply)', 1],
  'garbage instead of JSON': ['invalid (embed.reply)', 1],
  'connection cut at once': ['down (embed.down)', 2],
  'connection refused': ['down (embed.down)', 0],
  'silence for ever': ['late (embed.timeout)', 2],
  'one result too few': ['invalid (embed.reply)', 1],
  'one result too many': ['invalid (embed.reply)', 1],
  'a result that is no number': ['invalid (embed.reply)', 1],
  'another model since the start': ['invalid (embed.model-changed)', 0],
};

const rerank: Any & Counting = {
  ...well,
  '429 always': ['busy (rerank.overloaded)', 2],
  '429 always, Retry-After: 60': ['busy (rerank.overloaded)', 1],
  '401 unauthorised': ['invalid (rerank.unauthorised)', 1],
  '413 too large': ['invalid (rerank.too-large)', null],
  '422 refused': ['invalid (rerank.refused)', 3],
  '424 backend failed': ['down (rerank.failed)', 2],
  '500 failed': ['down (rerank.failed)', 2],
  '503 unavailable': ['down (rerank.down)', 2],
  'HTML page of a proxy, 502': ['down (rerank.down)', 2],
  '200 without a byte': ['invalid (rerank.misunderstood)', 1],
  'garbage instead of JSON': ['invalid (rerank.misunderstood)', 1],
  'connection cut at once': ['down (rerank.down)', 2],
  'connection refused': ['down (rerank.down)', 0],
  'silence for ever': ['late (rerank.late)', 1],
  'one result too few': ['invalid (rerank.reply)', 1],
  'one result too many': ['invalid (rerank.reply)', 1],
  'a result that is no number': ['invalid (rerank.reply)', 1],
  'another model since the start': ['invalid (rerank.model-changed)', 0],
};

const generate: Any & Streaming & Readonly<Record<keyof typeof speaking, Expected>> = {
  ...well,
  '429 always': ['busy (chat.overloaded)', 2],
  '429 always, Retry-After: 60': ['busy (chat.overloaded)', 1],
  '401 unauthorised': ['invalid (chat.unauthorised)', 1],
  '413 too large': ['invalid (chat.too-large)', 1],
  '422 refused': ['invalid (chat.refused)', 1],
  '424 backend failed': ['down (chat.failed)', 2],
  '500 failed': ['down (chat.failed)', 2],
  '503 unavailable': ['down (chat.down)', 2],
  'HTML page of a proxy, 502': ['down (chat.down)', 2],
  '200 without a byte': ['invalid (chat.misunderstood)', 1],
  'garbage instead of JSON': ['down (chat.unfinished)', 2],
  'connection cut at once': ['down (chat.down)', 2],
  'connection refused': ['down (chat.down)', 0],
  'silence for ever': ['late (chat.first-text)', 1],
  'error in the stream before text, once': [null, 2],
  'error in the stream before text': ['down (chat.failed)', 2],
  'overloaded, told in the stream': ['busy (chat.overloaded)', 2],
  'signs of life, but no token': ['late (chat.first-text)', 1],
  'end without a token': ['invalid (chat.empty)', 1],
  'error in the stream after text': ['cut (chat.failed)', 1],
  'connection cut after text': ['cut (chat.unfinished)', 1],
  'silence after text': ['cut (chat.timeout)', 1],
  'garbage after text': ['cut (chat.unfinished)', 1],
  'no finish reason, half said': ['cut (chat.unfinished)', 1],
  'no finish reason, all said': ['cut (chat.unfinished)', 1],
  'the adapter is gone, the base model answers': ['invalid (adapter.mismatch)', 0],
};

const wrongs: Readonly<Record<string, Wrong>> = {
  ...anywhere,
  ...streaming,
  ...counting,
  ...speaking,
};

/** Each fault at each stage that can meet it, and what must become of the answer. */
export const matrix: readonly FaultCase[] = Object.entries({
  understand,
  embed,
  rerank,
  generate,
} satisfies Record<Stage, Readonly<Record<string, Expected>>>).flatMap(([stage, expected]) =>
  Object.entries(expected).map(([fault, [without, attempts]]): FaultCase => {
    const wrong = wrongs[fault];
    if (wrong === undefined) throw new Error(`Nobody does this: ${fault}`);
    return {
      stage: stage as Stage,
      fault,
      wrong,
      expected: { seen: seenWithout(stage as Stage, without), without, attempts },
    };
  }),
);

/** Only who writes the answer is missed in it; the other stages do without, and a line says so. */
function seenWithout(stage: Stage, without: string | null): Seen {
  if (without?.startsWith('error: ')) return 'an error';
  if (without === null || stage !== 'generate') return 'the answer';
  return without.startsWith('cut ') ? 'its beginning, then quotations' : 'quotations';
}
