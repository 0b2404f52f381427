import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import { PermanentError } from '../../stores/errors.ts';

/** `understudy.json` beside the model: what its card says about using it. All of it is optional. */
const settingsSchema = z.strictObject({
  /** What the model is called; otherwise the folder's name. */
  name: z.string().min(1).optional(),
  /** What the model was trained to see before each text, for example `query: ` and `passage: `. */
  queryPrefix: z.string().default(''),
  passagePrefix: z.string().default(''),
  pooling: z.enum(['mean', 'cls']).default('mean'),
  /** Which weights: `onnx/model.onnx`, or a quantised file beside it. */
  dtype: z.enum(['fp32', 'fp16', 'q8', 'int8', 'uint8', 'q4']).default('fp32'),
  /** Longest input in tokens, when the model's own files say it wrong. */
  maxTokens: z.int().positive().optional(),
});

const configSchema = z.looseObject({
  hidden_size: z.int().positive().optional(),
  dim: z.int().positive().optional(),
  d_model: z.int().positive().optional(),
  max_position_embeddings: z.int().positive().optional(),
});
const tokenizerConfigSchema = z.looseObject({ model_max_length: z.number().positive().optional() });

/** File of each kind of weights, as transformers.js looks for it. */
const weights = {
  fp32: 'model.onnx',
  fp16: 'model_fp16.onnx',
  q8: 'model_quantized.onnx',
  int8: 'model_int8.onnx',
  uint8: 'model_uint8.onnx',
  q4: 'model_q4.onnx',
} as const;

export type ModelFolder = {
  readonly path: string;
  readonly name: string;
  /** sha256 over everything in the folder that shapes a vector. */
  readonly revision: string;
  readonly dimensions: number;
  readonly maxTokens: number;
  readonly settings: z.infer<typeof settingsSchema>;
};

/**
 * Reads what a local ONNX embedding model says of itself; layout as on the Hugging Face Hub:
 * `config.json`, `tokenizer.json`, `tokenizer_config.json`, `onnx/model.onnx`, and ours `understudy.json`.
 *
 * @throws PermanentError `embed.model-folder` naming what is missing or wrong.
 */
export async function readModelFolder(folder: string): Promise<ModelFolder> {
  const path = resolve(folder);
  const settings = existsSync(join(path, 'understudy.json'))
    ? await readJson(path, 'understudy.json', settingsSchema)
    : settingsSchema.parse({});
  const config = await readJson(path, 'config.json', configSchema);
  const tokenizer = await readJson(path, 'tokenizer_config.json', tokenizerConfigSchema);
  const dimensions = config.hidden_size ?? config.dim ?? config.d_model;
  if (dimensions === undefined) throw wrong(path, 'config.json names no hidden_size');
  const limits = [tokenizer.model_max_length, config.max_position_embeddings];
  const known = limits.filter((limit) => limit !== undefined && limit < 1_000_000);
  return {
    path,
    name: settings.name ?? basename(path),
    revision: await revisionOf(path, weights[settings.dtype]),
    dimensions,
    maxTokens: settings.maxTokens ?? Math.min(512, ...known.map((limit) => limit ?? 512)),
    settings,
  };
}

async function revisionOf(path: string, model: string): Promise<string> {
  const needed = ['config.json', 'tokenizer.json', 'tokenizer_config.json', `onnx/${model}`];
  const optional = [`onnx/${model}_data`, 'understudy.json'];
  const hash = createHash('sha256');
  for (const name of [...needed, ...optional]) {
    const file = join(path, name);
    if (!existsSync(file)) {
      if (needed.includes(name)) throw wrong(path, `${name} is missing`);
      continue;
    }
    const content = createHash('sha256');
    for await (const part of createReadStream(file)) content.update(part);
    hash.update(`${name}\n${content.digest('hex')}\n`);
  }
  return hash.digest('hex');
}

async function readJson<T>(path: string, name: string, schema: z.ZodType<T>): Promise<T> {
  let text: string;
  try {
    text = await readFile(join(path, name), 'utf8');
  } catch (error) {
    throw wrong(path, `${name} cannot be read`, error);
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    const detail = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw wrong(path, `${name} is not as it should be: ${detail}`, error);
  }
}

function wrong(path: string, what: string, cause?: unknown): PermanentError {
  return new PermanentError(`The embedding model in ${path} cannot be used: ${what}.`, {
    code: 'embed.model-folder',
    hint: 'UNDERSTUDY_EMBEDDER names a folder laid out as on the Hugging Face Hub: config.json, tokenizer.json, tokenizer_config.json and onnx/model.onnx.',
    cause,
  });
}
