import type { EndpointState } from '../endpoints/port.ts';

export const engines = [
  'tgi',
  'vllm',
  'sglang',
  'llamacpp',
  'ollama',
  'hf-providers',
  'openai-compatible',
] as const;
export type Engine = (typeof engines)[number];

/** What answers, pinned: part of a release. */
export type LanguageModelIdentity = {
  readonly engine: Engine;
  /** The base model, as the server names it. */
  readonly model: string;
  /** Commit of its weights, where the server tells. */
  readonly revision: string | null;
  /** The adapter asked for by default: a twin's own weights on the shared base. */
  readonly adapter: string | null;
};

export type ChatMessage = {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
};

/** JSON Schema, as `z.toJSONSchema` makes it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

export type Completion = {
  readonly messages: readonly ChatMessage[];
  /** Most tokens of the reply. */
  readonly maxTokens: number;
  /** 0 is greedy; absent: the server's default. */
  readonly temperature?: number;
  /** Within (0, 1]; 1 is the same as absent. */
  readonly topP?: number;
  /** At most four. */
  readonly stop?: readonly string[];
  readonly seed?: number;
  /** The reply is JSON of this shape, as far as the engine can be held to it: the reader validates all the same. */
  readonly schema?: { readonly name: string; readonly schema: JsonSchema };
  /** Another adapter than the model's own; null for the bare base. */
  readonly adapter?: string | null;
  /** Completions that begin with the same long prefix share a value, and so an endpoint's cache. */
  readonly affinity?: string;
};

export type Usage = {
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** By the price table, in US dollars; null where no price is set. */
  readonly costUsd: number | null;
};

/** Milliseconds. What the server told, and what was seen here. */
export type CompletionTimings = {
  readonly queueMs: number | null;
  readonly inferenceMs: number | null;
  /** From the request to the first text, attempts before it included. */
  readonly firstTextMs: number;
  readonly totalMs: number;
};

/** The reply part by part; the last part is `finish`. */
export type CompletionPart =
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'finish';
      readonly reason: 'stop' | 'length';
      /** Null where the server did not tell. */
      readonly usage: Usage | null;
      readonly timings: CompletionTimings;
      /** Address of the endpoint that answered. */
      readonly endpoint: string;
    };

/** `exact` where the server's own tokenizer counted with its own template. */
export type TokenCount = { readonly tokens: number; readonly exact: boolean };

/**
 * A large language model on a server that speaks the OpenAI chat protocol.
 *
 * Every adapter promises: text arrives in order and whole characters; exactly one `finish`, last: a stream that ends
 * without the server's finish reason fails with TransientError `chat.unfinished`, an error inside the stream with the
 * class its cause deserves; nothing an engine misreads is sent; aborting `signal`, or leaving the stream, closes the
 * connection; failures are PermanentError (`chat.refused` …) or TransientError (`chat.busy`, `chat.down`,
 * `chat.overloaded`, `chat.unfinished`, `chat.timeout` …).
 */
export type LanguageModel = {
  readonly identity: LanguageModelIdentity;
  /** Tokens of prompt and reply together that the server takes. */
  readonly contextTokens: number;
  complete(completion: Completion, signal?: AbortSignal): AsyncIterable<CompletionPart>;
  /** How long the messages are; an estimate errs on the long side. Never fails for want of a tokenizer route. */
  countTokens(messages: readonly ChatMessage[], signal?: AbortSignal): Promise<TokenCount>;
  /** What the endpoints are at; for `doctor` and metrics. */
  states(): readonly EndpointState[];
  close(): Promise<void>;
};
