import { z } from 'zod';
import { flag, optional } from '../variables.ts';
import { type Engine, engines } from './language-model/port.ts';

/** Where a model server is reached, and how hard it may be used. */
export type ServerSettings = {
  readonly urls: readonly string[];
  readonly token?: string;
};

export type LanguageModelEnvironment = ServerSettings & {
  readonly engine?: Engine;
  readonly model?: string;
  readonly adapter?: string;
  /** sha256 of the artefact that holds the adapter's prints. */
  readonly prints?: string;
  readonly contextTokens?: number;
  readonly concurrency?: number;
  readonly queue?: number;
  /** Longest wait for the first words of an answer before it is quoted instead, in milliseconds. */
  readonly firstWordsMs?: number;
  /** US dollars per million tokens. */
  readonly prices?: {
    readonly promptPerMillionUsd: number;
    readonly completionPerMillionUsd: number;
  };
  /** Whether the model also reads questions, for filters and other wordings. */
  readonly understands: boolean;
  /** Whether its chat template opens a block of reasoning itself, so that only the end of it is seen. */
  readonly thinks: boolean;
};

export type EmbeddingEnvironment = ServerSettings & {
  readonly model?: string;
  readonly revision?: string;
  readonly queryPrefix?: string;
  readonly passagePrefix?: string;
};

export type ServingEnvironment = {
  /** The chat model; null for the extractive answerer. */
  readonly llm: LanguageModelEnvironment | null;
  /** The embedding server; null for none. */
  readonly embed: EmbeddingEnvironment | null;
  /** The reranking server; null for the lexical one. */
  readonly rerank: ServerSettings | null;
  /** Whether the feature pipeline has the model write a header for each passage. */
  readonly headers: boolean;
};

const positive = optional(z.coerce.number().int().positive());
const urls = optional(
  z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim().replace(/\/+$/u, '')))
    .pipe(
      z.array(z.url({ protocol: /^https?$/u, error: 'is not an http or https address' })).min(1),
    ),
);
const prices = optional(
  z
    .string()
    .regex(/^\d+(?:\.\d+)?,\s*\d+(?:\.\d+)?$/u, {
      error: 'is not two prices, of a million tokens read and of a million written: 0.20,0.60',
    })
    .transform((text) => {
      const [promptPerMillionUsd = 0, completionPerMillionUsd = 0] = text.split(',').map(Number);
      return { promptPerMillionUsd, completionPerMillionUsd };
    }),
);

/** The environment variables of the model servers. `.env.example` explains each one. */
export const servingShape = {
  LLM_URL: urls,
  LLM_ENGINE: optional(z.enum(engines)),
  LLM_MODEL: optional(z.string()),
  LLM_ADAPTER: optional(z.string()),
  LLM_ADAPTER_PRINTS: optional(
    z.string().regex(/^[0-9a-f]{64}$/u, { error: 'is not the sha256 of an artefact' }),
  ),
  LLM_API_KEY: optional(z.string()),
  LLM_CONTEXT_TOKENS: positive,
  LLM_CONCURRENCY: positive,
  LLM_QUEUE: optional(z.coerce.number().int().min(0)),
  LLM_FIRST_WORDS_MS: positive,
  LLM_PRICES: prices,
  LLM_UNDERSTANDS: flag('on'),
  LLM_THINKS: flag('off'),
  LLM_HEADERS: flag('off'),
  EMBED_URL: urls,
  EMBED_API_KEY: optional(z.string()),
  EMBED_MODEL: optional(z.string()),
  EMBED_REVISION: optional(z.string()),
  EMBED_QUERY_PREFIX: optional(z.string()),
  EMBED_PASSAGE_PREFIX: optional(z.string()),
  RERANK_URL: urls,
  RERANK_API_KEY: optional(z.string()),
};

const servingSchema = z.object(servingShape);

/** Leaves out what is not set: an optional property is absent, never undefined. */
function given<T extends Record<string, unknown>>(values: T) {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/** Parsed variables as the model servers' settings. */
export function servingOf(data: z.infer<typeof servingSchema>): ServingEnvironment {
  const { LLM_URL, LLM_ENGINE, EMBED_URL, RERANK_URL } = data;
  // The router of the inference providers has an address of its own.
  const llm = LLM_URL !== undefined || LLM_ENGINE === 'hf-providers';
  return {
    llm: llm
      ? {
          urls: LLM_URL ?? [],
          understands: data.LLM_UNDERSTANDS,
          thinks: data.LLM_THINKS,
          ...given({
            engine: LLM_ENGINE,
            model: data.LLM_MODEL,
            adapter: data.LLM_ADAPTER,
            prints: data.LLM_ADAPTER_PRINTS,
            token: data.LLM_API_KEY,
            contextTokens: data.LLM_CONTEXT_TOKENS,
            concurrency: data.LLM_CONCURRENCY,
            queue: data.LLM_QUEUE,
            firstWordsMs: data.LLM_FIRST_WORDS_MS,
            prices: data.LLM_PRICES,
          }),
        }
      : null,
    embed: EMBED_URL
      ? {
          urls: EMBED_URL,
          ...given({
            token: data.EMBED_API_KEY,
            model: data.EMBED_MODEL,
            revision: data.EMBED_REVISION,
            queryPrefix: data.EMBED_QUERY_PREFIX,
            passagePrefix: data.EMBED_PASSAGE_PREFIX,
          }),
        }
      : null,
    rerank: RERANK_URL ? { urls: RERANK_URL, ...given({ token: data.RERANK_API_KEY }) } : null,
    headers: data.LLM_HEADERS,
  };
}
