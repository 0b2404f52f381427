import type { Misbehave } from '../models/faults.ts';
import type { Listening } from '../models/listening.ts';

export type Engine = 'tgi' | 'vllm' | 'sglang' | 'llamacpp' | 'ollama' | 'openai-compatible';

export type ChatMessage = { readonly role: string; readonly content: string };

/** What a chat request means to the engine that got it: ask for this in tests, not for the bytes. */
export type Chat = {
  readonly messages: readonly ChatMessage[];
  /** As it was sent. */
  readonly model: string | null;
  /** The adapter whose weights speak; null is the base, also where an unknown adapter was asked for. */
  readonly adapter: string | null;
  readonly stream: boolean;
  /** Null: all the room that is left. */
  readonly maxTokens: number | null;
  /** 0 is greedy; null the server's default. */
  readonly temperature: number | null;
  readonly topP: number | null;
  readonly seed: number | null;
  readonly stop: readonly string[];
  /** What the text is punished with for repeating itself; 1 is nothing. TGI makes it of presence_penalty. */
  readonly repetitionPenalty: number;
  /** The JSON Schema that the reply is held to; `true` is any JSON. */
  readonly schema: object | true | null;
  readonly includeUsage: boolean;
};

/** What the model says: text, or the pieces it is streamed in. */
export type Reply = (
  chat: Chat,
) => string | readonly string[] | Promise<string | readonly string[]>;

/** An adapter by its name. `voice: null` loads and does nothing; another voice stands for other weights. */
export type Adapter = string | { readonly name: string; readonly voice: string | null };

export type TgiOptions = {
  /** Whose routes, dialect and manners; `tgi` when absent. */
  readonly engine?: Engine;
  /** As the engine names it: Hugging Face's name for TGI, a path for those that serve files, when absent. */
  readonly model?: string;
  /** Commit of the weights, where the engine tells it. */
  readonly revision?: string | null;
  /** Weights of the base: another voice greedily says something else. */
  readonly voice?: string;
  readonly adapters?: readonly Adapter[];
  /** Asked for as bearer token on the routes that the engine guards. */
  readonly apiKey?: string;
  /** Tokens of prompt and reply together; 8,192 when absent. */
  readonly maxTotalTokens?: number;
  /** 128 when absent; one more at a time and the model is overloaded. */
  readonly maxConcurrentRequests?: number;
  /** Without them the routes that count tokens answer 404. */
  readonly tokenizer?: boolean;
  /** Whether streams tell what they took when asked; some servers never do. */
  readonly usage?: boolean;
  readonly reply?: Reply;
};

export type TgiServer = Listening & {
  /** Chat requests that were understood, in order. */
  readonly chats: readonly Chat[];
  /** What a well-behaved client never sends though the real server takes it: unknown properties, paths. */
  readonly violations: readonly string[];
  /** Another model speaks from now on; undefined is the one that came with the server. */
  says(reply: Reply | undefined): void;
  readonly misbehave: Misbehave;
  behave(): void;
};
