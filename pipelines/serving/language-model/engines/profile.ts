import type { z } from 'zod';
import type { ChatMessage, Completion, Engine } from '../port.ts';

/** One JSON route of the server. */
export type Ask = <T>(request: {
  readonly path: string;
  readonly body?: unknown;
  readonly schema: z.ZodType<T>;
}) => Promise<T>;

/** What a server serves, as it tells it. */
export type Served = {
  /** The base model's name. */
  readonly model: string;
  readonly revision: string | null;
  /** Tokens of prompt and reply together; null where the server does not tell. */
  readonly contextTokens: number | null;
  /** Names of its adapters; null where the server does not list them. */
  readonly adapters: readonly string[] | null;
};

/** What makes one kind of server different from the others that speak the same protocol. */
export type Profile = {
  readonly engine: Engine;
  /** Answers 200 while it is well; null where there is no such route. */
  readonly healthPath: string | null;
  /**
   * Asks the server about itself.
   *
   * @param wanted the base model's name in the settings, for servers that serve several
   * @throws PermanentError `chat.no-model` where one has to be named, or is not there
   */
  read(ask: Ask, wanted: string | null): Promise<Served>;
  /** The fields of a request that choose whose weights speak: the adapter's, or the bare base's for null. */
  select(served: Served, adapter: string | null): Selection;
  /** Holds the reply to a JSON Schema, in this engine's dialect: the value of `response_format`. */
  format(schema: NonNullable<Completion['schema']>): unknown;
  /** How long the messages are by the server's own tokenizer and template; null where it has no such route. */
  readonly count:
    | ((ask: Ask, served: Served, messages: readonly ChatMessage[]) => Promise<number>)
    | null;
};

export type Selection = { readonly model: string; readonly lora?: readonly Lora[] };
/** An adapter of llama.cpp by its number; scale 0 is off. */
type Lora = { readonly id: number; readonly scale: number };

/** The shape that OpenAI gave it, and that most have copied. */
export function openAiFormat({ name, schema }: NonNullable<Completion['schema']>): unknown {
  return { type: 'json_schema', json_schema: { name, schema } };
}
