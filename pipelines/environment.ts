import { existsSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { z } from 'zod';
import {
  type RemoteInferenceEnvironment,
  remoteInferenceOf,
  remoteInferenceShape,
} from './inference/remote/environment.ts';
import {
  type InferenceServiceEnvironment,
  inferenceServiceOf,
  inferenceServiceShape,
} from './inference/service/environment.ts';
import { type QueuesEnvironment, queuesOf, queuesShape } from './queues/environment.ts';
import { type ServingEnvironment, servingOf, servingShape } from './serving/environment.ts';
import { type StoresEnvironment, storesOf, storesShape } from './stores/environment.ts';
import { PermanentError } from './stores/errors.ts';
import { optional, withDefault } from './variables.ts';

export { flag, optional } from './variables.ts';

/** Servers that a later version talks to: naming one now must not look as if it were used. */
const notYet = ['JUDGE_URL', 'OPIK_URL_OVERRIDE'] as const;

const list = optional(
  z.string().transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  ),
);

/** Every environment variable that Understudy reads. `.env.example` explains each one. */
const schema = z.object({
  UNDERSTUDY_HOME: withDefault(z.string().default('.understudy')),
  UNDERSTUDY_ALLOW_PRIVATE: list,
  UNDERSTUDY_AUTHOR: optional(z.string().max(200)),
  UNDERSTUDY_EMBEDDER: optional(
    z.string().refine((folder) => existsSync(join(folder, 'config.json')), {
      error:
        'is not a model folder: it needs config.json, tokenizer.json and onnx/model.onnx inside',
    }),
  ),
  UNDERSTUDY_PORT: withDefault(z.coerce.number().int().min(0).max(65_535).default(0)),
  LOG_LEVEL: withDefault(
    z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('warn'),
  ),
  UNDERSTUDY_HEALTH_PORT: optional(z.coerce.number().int().min(0).max(65_535)),
  UNDERSTUDY_HEALTH_HOST: withDefault(z.string().default('127.0.0.1')),
  ...storesShape,
  ...queuesShape,
  ...servingShape,
  ...remoteInferenceShape,
  ...inferenceServiceShape,
  ...Object.fromEntries(
    notYet.map((name) => [
      name,
      optional(
        z.never({
          error: 'is set, but this version has no adapter for it yet: unset it to go on',
        }),
      ),
    ]),
  ),
});

export type Environment = StoresEnvironment &
  QueuesEnvironment &
  ServingEnvironment & {
    /** Absolute folder of all state. */
    readonly home: string;
    /** Hosts, host:port pairs or CIDRs that may be fetched although they are not public. */
    readonly allowPrivate: readonly string[];
    /** Author of writing that does not name one. */
    readonly author: string | undefined;
    /** Absolute folder of a local ONNX embedding model, when dense retrieval is wanted. */
    readonly embedder: string | undefined;
    /** The playground's port; 0 lets the system choose a free one. */
    readonly port: number;
    /** Where a process of the pipelines says whether it is well; null where nobody asks. */
    readonly health: { readonly host: string; readonly port: number } | null;
    /** The processes that answering is left to; null where this one answers. */
    readonly inference: RemoteInferenceEnvironment | null;
    /** Where the inference process listens. */
    readonly inferenceService: InferenceServiceEnvironment;
    readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
  };

/** Takes in the `.env` of the folder a process starts in, if there is one; what is set already wins. */
export function loadEnvironmentFile(): void {
  if (existsSync('.env')) process.loadEnvFile('.env');
}

/**
 * Reads the configuration once, at the start of a process.
 *
 * @throws PermanentError `environment.invalid` naming each wrong variable and what to do about it.
 */
export function readEnvironment(
  variables: Readonly<Record<string, string | undefined>>,
  workingDirectory = process.cwd(),
): Environment {
  const parsed = schema.safeParse(variables);
  if (!parsed.success) throw environmentProblem(parsed.error);
  const { data } = parsed;
  const problem = contradiction(data);
  if (problem) throw problem;
  const absolute = (path: string) => (isAbsolute(path) ? path : resolve(workingDirectory, path));
  return {
    home: absolute(data.UNDERSTUDY_HOME),
    allowPrivate: data.UNDERSTUDY_ALLOW_PRIVATE ?? [],
    author: data.UNDERSTUDY_AUTHOR,
    embedder: data.UNDERSTUDY_EMBEDDER && absolute(data.UNDERSTUDY_EMBEDDER),
    port: data.UNDERSTUDY_PORT,
    health:
      data.UNDERSTUDY_HEALTH_PORT === undefined
        ? null
        : { host: data.UNDERSTUDY_HEALTH_HOST, port: data.UNDERSTUDY_HEALTH_PORT },
    logLevel: data.LOG_LEVEL,
    ...storesOf(data),
    ...queuesOf(data),
    ...servingOf(data),
    inference: remoteInferenceOf(data),
    inferenceService: inferenceServiceOf(data),
  };
}

/** What each variable allows alone and they do not allow together. */
function contradiction(data: z.infer<typeof schema>): PermanentError | undefined {
  const invalid = (message: string, hint: string) =>
    new PermanentError(message, { code: 'environment.invalid', hint });
  if (data.UNDERSTUDY_EMBEDDER !== undefined && data.EMBED_URL !== undefined) {
    return invalid(
      'UNDERSTUDY_EMBEDDER and EMBED_URL are both set: a corpus is embedded by one model.',
      'Unset the one that is not to be used.',
    );
  }
  if (data.LLM_HEADERS && data.LLM_URL === undefined && data.LLM_ENGINE !== 'hf-providers') {
    return invalid(
      'LLM_HEADERS is on, but there is no model to write headers.',
      'Set LLM_URL, or leave LLM_HEADERS off.',
    );
  }
  if (data.QDRANT_API_KEY !== undefined && data.QDRANT_URL === undefined) {
    return invalid(
      'QDRANT_API_KEY is set, but QDRANT_URL is not.',
      'Set QDRANT_URL, or unset the key to keep features in the SQLite file.',
    );
  }
  return undefined;
}

/** What to throw when variables are wrong: names each of them, never their values. */
export function environmentProblem({ issues }: z.ZodError): PermanentError {
  const lines = issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  return new PermanentError(`The configuration cannot be used.\n  ${lines.join('\n  ')}`, {
    code: 'environment.invalid',
    hint: 'Correct the variables named above, in the shell or in .env; .env.example explains each.',
  });
}

/** The variables' names, so that a test can hold `.env.example` to them. */
export const environmentVariables: readonly string[] = Object.keys(schema.shape);
