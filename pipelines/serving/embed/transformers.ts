import { createRequire } from 'node:module';
import { PermanentError } from '../../stores/errors.ts';

/** The optional peer dependency, and the versions that this adapter was tested with. */
const library: string = '@huggingface/transformers';
export const libraryRange = '^4.3.1';

/** As much of a tensor as is used here. */
type Tensor = { readonly data: ArrayLike<number | bigint>; readonly dims: readonly number[] };
export type Encoded = { readonly input_ids: Tensor; readonly attention_mask: Tensor };

export type Tokenizer = {
  (
    texts: readonly string[],
    options: { readonly padding: boolean; readonly truncation: boolean },
  ): Encoded;
  encode(text: string): readonly number[];
};

export type Model = {
  (inputs: Encoded): Promise<{ readonly last_hidden_state: Tensor }>;
  dispose(): Promise<unknown>;
};

type Pretrained<T> = { from_pretrained(name: string, options: object): Promise<T> };

/** As much of `@huggingface/transformers` as is used here; it is not there to take the types from. */
export type Transformers = {
  readonly env: {
    allowRemoteModels: boolean;
    allowLocalModels: boolean;
    localModelPath: string;
  };
  readonly AutoTokenizer: Pretrained<Tokenizer>;
  readonly AutoModel: Pretrained<Model>;
};

/** Fails at once when the library is not there, without the cost of loading it. */
export function requireTransformers(): void {
  try {
    createRequire(import.meta.url).resolve(library);
  } catch (error) {
    throw missing(error);
  }
}

/** Loads the library on first use: it is 474 MB on disk and takes 150 ms. Remote models are off. */
export async function loadTransformers(): Promise<Transformers> {
  let transformers: Transformers;
  try {
    transformers = (await import(library)) as Transformers;
  } catch (error) {
    throw missing(error);
  }
  transformers.env.allowRemoteModels = false;
  transformers.env.allowLocalModels = true;
  return transformers;
}

function missing(cause: unknown): PermanentError {
  return new PermanentError(`A local embedding model needs ${library}, which is not installed.`, {
    code: 'embed.library-missing',
    // Its install script (of onnxruntime-node) fetches CUDA files from elsewhere and fails where that cannot
    // be reached; the CPU library is in the package already. Without -D npm leaves an optional peer out.
    hint: `Run \`npm install --no-save -D --ignore-scripts ${library}@${libraryRange}\` (474 MB; --ignore-scripts keeps its install script from downloading more), or unset UNDERSTUDY_EMBEDDER.`,
    cause,
  });
}
