import { z } from 'zod';
import { PermanentError } from '../../stores/errors.ts';
import { sha256 } from '../../stores/identity.ts';
import type { Attempt } from '../endpoints/port.ts';
import { requestJson } from '../endpoints/request.ts';
import { readTeiInfo, type TeiInfo } from '../tei/info.ts';
import { watchModel } from '../tei/same-model.ts';
import { countTeiTokens } from '../tei/tokens.ts';
import type { BatchLimits, Placed } from './batches.ts';
import { embedInBatches } from './in-batches.ts';
import { openLanes } from './lanes.ts';
import { estimateTokens } from './length.ts';
import type { Embedder } from './port.ts';
import {
  asker,
  batchBytes,
  type EmbeddingServer,
  prefixed,
  tooLong,
  withPrefixes,
} from './settings.ts';
import { readVectors } from './vectors.ts';

export type TeiEmbedding = EmbeddingServer & {
  /** Of models trained for it (Matryoshka), so many leading dimensions. */
  readonly dimensions?: number;
};

/** Embedded at the start, for the dimensions, and again where nothing else tells the weights apart. */
const probe = 'Understudy learns the part.';
/** Cosine from which on two vectors of the probe are of the same weights: 16 bits and other batches move it by 0.001. */
const sameWeights = 0.99;

/**
 * Embedder on text-embeddings-inference (TEI 1.9, `/embed`). The limits are the server's own, from `/info`; texts are
 * never cut (`truncate: false`).
 *
 * Its identity is the model's name, and as revision the commit of its weights with the pooling and a hash of the prefixes,
 * as these shape vectors, too. A model from a folder has no commit: then `revision` pins it if it is given, else a hash of what
 * the server tells; weights that are exchanged in that folder while this runs are noticed by the vector of a fixed text,
 * between two runs they are not.
 *
 * @throws PermanentError `embed.not-an-embedder`, `embed.revision`, `embed.bad-url`; TransientError `embed.down`
 *   when no endpoint answers. Later PermanentError `embed.model-changed` from `embed` when an endpoint serves another model.
 */
export async function openTeiEmbedder(
  settings: TeiEmbedding,
  signal?: AbortSignal,
): Promise<Embedder> {
  const { dimensions: cut } = settings;
  const lanes = openLanes(settings, '/health');
  const work = signal ? { signal } : {};
  const ask = async (attempt: Attempt, texts: readonly string[], dimensions: number | null) => {
    const body = {
      inputs: texts,
      normalize: true,
      truncate: false,
      ...(cut && { dimensions: cut }),
    };
    const reply = await requestJson(attempt, {
      ...asker,
      path: '/embed',
      body,
      schema: z.unknown(),
    });
    return readVectors(reply, texts.length, dimensions);
  };
  try {
    const { info, probed } = await lanes.passage.call(work, async (attempt) => {
      const told = readEmbedder(await readTeiInfo(attempt, asker), settings);
      return { info: told, probed: (await ask(attempt, [probe], null))[0] as Float32Array };
    });
    const dimensions = probed.length;
    const revision = revisionOf(info, settings);
    const same = watchModel(async (attempt) => {
      const now = await readTeiInfo(attempt, asker);
      const changed = now.model !== info.model || revisionOf(now, settings) !== revision;
      if (changed || !(await looksTheSame(attempt, now))) throw modelChanged(info, now, attempt);
    });
    const looksTheSame = async (attempt: Attempt, { revision: commit }: TeiInfo) => {
      if (commit !== null) return true;
      const [vector] = await ask(attempt, [probe], dimensions);
      return (
        (vector?.reduce((sum, value, at) => sum + value * (probed[at] ?? 0), 0) ?? 0) > sameWeights
      );
    };
    const limits: BatchLimits = {
      texts: info.maxTexts,
      tokens: info.maxBatchTokens,
      bytes: batchBytes,
    };
    return {
      identity: { name: info.model, revision, dimensions },
      maxTokens: info.maxTokens,
      async embed(texts, as, caller) {
        caller?.throwIfAborted();
        const call = <T>(stop: AbortSignal, run: (attempt: Attempt) => Promise<T>) =>
          lanes[as].call({ signal: stop }, (attempt) => same(attempt, () => run(attempt)));
        const sending = {
          limits,
          atOnce: lanes.atOnce,
          send: (batch: readonly string[], stop: AbortSignal) =>
            call(stop, (attempt) => ask(attempt, batch, dimensions)),
          lookForLong: (batch: readonly Placed[], stop: AbortSignal) =>
            lookForLong(batch, info.maxTokens, (some) =>
              call(stop, (attempt) => countTeiTokens(attempt, asker, some)),
            ),
        };
        return await embedInBatches(prefixed(texts, as, settings), sending, caller);
      },
      close: lanes.close,
    };
  } catch (error) {
    await lanes.close();
    throw error;
  }
}

/** The special tokens count, and a text may be as long as the model takes, no longer. */
async function lookForLong(
  batch: readonly Placed[],
  most: number,
  count: (texts: readonly string[]) => Promise<readonly number[]>,
): Promise<void> {
  let tokens: readonly number[];
  try {
    tokens = await count(batch.map(({ text }) => text));
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    // What the tokenizer refuses alone is beyond all measure.
    const [only, another] = batch;
    if (only && !another && estimateTokens(only.text) > most) throw tooLong(only.index, null, most);
    return;
  }
  const at = tokens.findIndex((length) => length > most);
  const long = batch[at];
  if (long) throw tooLong(long.index, tokens[at] ?? null, most);
}

function readEmbedder(info: TeiInfo, { revision, endpoints }: EmbeddingServer): TeiInfo {
  if (info.serves !== 'embedding') {
    throw new PermanentError(
      `${info.model} at ${endpoints.map(({ url }) => url).join(', ')} is a ${info.serves}, not an embedding model.`,
      {
        code: 'embed.not-an-embedder',
        hint: 'Set EMBED_URL to the server of the embedding model; a reranker belongs in RERANK_URL.',
      },
    );
  }
  // People write commits short.
  if (revision && info.revision && !info.revision.startsWith(revision)) {
    throw new PermanentError(
      `The embedding server has ${info.model} at ${info.revision}, but ${revision} is wanted.`,
      {
        code: 'embed.revision',
        hint: 'Start it with --revision, or set EMBED_REVISION to what it serves and index anew.',
      },
    );
  }
  return info;
}

function revisionOf(info: TeiInfo, settings: EmbeddingServer): string {
  const told = sha256(JSON.stringify([info.model, info.dtype])).slice(0, 12);
  const weights = info.revision ?? settings.revision ?? `folder-${told}`;
  return withPrefixes(`${weights}+${info.pooling}`, settings);
}

function modelChanged(was: TeiInfo, is: TeiInfo, { endpoint }: Attempt): PermanentError {
  const name = ({ model, revision }: TeiInfo) => (revision ? `${model} at ${revision}` : model);
  const found = name(was) === name(is) ? 'other weights of that name' : name(is);
  return new PermanentError(
    `${endpoint.url} serves ${found}; this process began with ${name(was)}.`,
    {
      code: 'embed.model-changed',
      hint: 'Serve the former model again, or restart and run `understudy features` to index anew.',
    },
  );
}
