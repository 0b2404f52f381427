import { basename, dirname } from 'node:path';
import { PermanentError } from '../../stores/errors.ts';
import { type ModelFolder, readModelFolder } from './model-folder.ts';
import { poolStates } from './pooling.ts';
import type { Embedder } from './port.ts';
import {
  loadTransformers,
  type Model,
  requireTransformers,
  type Tokenizer,
} from './transformers.ts';

/** Texts per run of the model: larger batches of MiniLM only cost memory on a CPU. */
const batchSize = 8;

type Loaded = { readonly tokenizer: Tokenizer; readonly model: Model };

/**
 * Embedder on a local ONNX folder, on the CPU of this process. Nothing is ever downloaded. The folder is
 * read and hashed at once; the library and the weights are loaded when the first text comes.
 *
 * @throws PermanentError `embed.library-missing`, `embed.model-folder`
 */
export async function openOnnxEmbedder(path: string): Promise<Embedder> {
  requireTransformers();
  const folder = await readModelFolder(path);
  const { name, revision, dimensions, maxTokens, settings } = folder;
  let loading: Promise<Loaded> | undefined;
  return {
    identity: { name, revision, dimensions },
    maxTokens,
    async embed(texts, as, signal) {
      if (texts.length === 0) return [];
      signal?.throwIfAborted();
      loading ??= load(folder);
      const loaded = await loading;
      const prefix = as === 'query' ? settings.queryPrefix : settings.passagePrefix;
      return await embedAll(
        loaded,
        folder,
        texts.map((text) => prefix + text),
        signal,
      );
    },
    async close() {
      const loaded = await loading?.catch(() => undefined);
      loading = undefined;
      await loaded?.model.dispose();
    },
  };
}

async function load({ path, settings }: ModelFolder): Promise<Loaded> {
  const { env, AutoTokenizer, AutoModel } = await loadTransformers();
  env.localModelPath = dirname(path);
  const local = { local_files_only: true, dtype: settings.dtype };
  try {
    const tokenizer = await AutoTokenizer.from_pretrained(basename(path), local);
    const model = await AutoModel.from_pretrained(basename(path), local);
    return { tokenizer, model };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new PermanentError(`The embedding model in ${path} does not load: ${detail}`, {
      code: 'embed.model-load',
      hint: 'Check that the folder holds an ONNX export for feature extraction, whole.',
      cause: error,
    });
  }
}

/** Batches of similar length, so that little padding is computed; results in the order asked. */
async function embedAll(
  loaded: Loaded,
  folder: ModelFolder,
  texts: readonly string[],
  signal?: AbortSignal,
): Promise<Float32Array[]> {
  const sized = texts.map((text, index) => ({
    text,
    index,
    tokens: loaded.tokenizer.encode(text).length,
  }));
  const long = sized.find(({ tokens }) => tokens > folder.maxTokens);
  if (long) throw tooLong(long.index, long.tokens, folder);
  sized.sort((a, b) => a.tokens - b.tokens || a.index - b.index);
  const vectors: Float32Array[] = new Array(texts.length);
  for (let from = 0; from < sized.length; from += batchSize) {
    signal?.throwIfAborted();
    const batch = sized.slice(from, from + batchSize);
    const made = await embedBatch(
      loaded,
      folder,
      batch.map(({ text }) => text),
    );
    for (const [position, { index }] of batch.entries()) {
      const vector = made[position];
      if (vector) vectors[index] = vector;
    }
  }
  return vectors;
}

async function embedBatch(
  { tokenizer, model }: Loaded,
  { dimensions, settings, path }: ModelFolder,
  texts: readonly string[],
): Promise<Float32Array[]> {
  const inputs = tokenizer(texts, { padding: true, truncation: false });
  const { last_hidden_state: states } = await model(inputs);
  if (states.dims.length !== 3 || states.dims[2] !== dimensions) {
    throw new PermanentError(
      `The model in ${path} gives ${states.dims.join(' x ')} numbers, not ${dimensions} per token.`,
      { code: 'embed.dimensions', hint: 'Its config.json does not fit its weights.' },
    );
  }
  return poolStates(states, inputs.attention_mask.data, settings.pooling);
}

function tooLong(index: number, tokens: number, { name, maxTokens }: ModelFolder): PermanentError {
  return new PermanentError(
    `Text ${index} has ${tokens} tokens; ${name} takes ${maxTokens} and nothing is cut in silence.`,
    { code: 'embed.too-long', hint: 'Embed it in parts, or use a model with a longer input.' },
  );
}
