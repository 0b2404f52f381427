import { z } from 'zod';
import type { Trace } from '../../../monitoring/tracer.ts';
import { PermanentError } from '../../../pipelines/stores/errors.ts';
import type { RetrievedChunk } from '../../../pipelines/stores/features/chunk.ts';
import type { Access } from '../../../pipelines/stores/features/port.ts';
import { fallbackWords } from '../../conversation/words.ts';
import type { Say } from '../../strings/strings.ts';
import type { ApiPorts } from '../ports.ts';
import { fallbackSchema, generationSchema, type ShownSource } from '../schemas/answer.ts';
import { webLink } from './show.ts';
import type { WholeAnswer } from './whole.ts';

const rank = z.number().nullable().catch(null);

/** What a trace keeps of an answer besides its words; what it does not keep is absent from the answer too. */
const attributesSchema = z.object({
  cited: z.array(z.number()).catch([]),
  support: z.number().nullable().catch(null),
  fallbacks: z.array(fallbackSchema).catch([]),
  sources: z
    .array(
      z.object({
        number: z.number(),
        chunkId: z.string(),
        scores: z.object({
          lexical: rank,
          dense: rank,
          rescored: rank,
          boost: z.number().catch(0),
          final: z.number().catch(0),
        }),
      }),
    )
    .catch([]),
});

/**
 * An answer as its trace has it, for a request that is sent again. Of its sources those are shown that exist still and
 * that the asker may see now.
 */
export async function recordedAnswer(
  trace: Trace,
  { features }: Pick<ApiPorts, 'features'>,
  access: Access | undefined,
  say: Say,
): Promise<WholeAnswer> {
  const [answering, ...stages] = trace.spans;
  const kept = attributesSchema.parse(answering?.attributes ?? {});
  const ids = kept.sources.map(({ chunkId }) => chunkId);
  const chunks = await chunksOf(trace, { features }, ids, access);
  const known = new Map(chunks.map((chunk) => [chunk.id, chunk]));
  const sources = kept.sources.flatMap(({ number, chunkId, scores }): ShownSource[] => {
    const chunk = known.get(chunkId);
    if (chunk === undefined) return [];
    const { attributes, documentId, headingPath, text, start, end } = chunk;
    const { title, author, source, kind, link, publishedAt } = attributes;
    return [
      {
        number,
        chunkId,
        documentId,
        title,
        author: author.name,
        authorId: author.id,
        source,
        kind,
        link: webLink(link),
        publishedAt,
        headingPath: [...headingPath],
        text,
        start,
        end,
        scores,
      },
    ];
  });
  const timings = Object.fromEntries(stages.map(({ name, durationMs }) => [name, durationMs]));
  return {
    answer: trace.answer,
    sources,
    outcome: trace.outcome === 'abstained' ? 'abstained' : 'answered',
    trace: trace.id,
    cited: kept.cited,
    support: kept.support,
    timings: { ...timings, total: answering?.durationMs ?? 0 },
    fallbacks: kept.fallbacks,
    words: fallbackWords(say, kept.fallbacks),
    generation: generationIn(stages),
  };
}

/** It is kept with the stage that it took. */
function generationIn(stages: Trace['spans']): WholeAnswer['generation'] {
  for (const { attributes } of stages) {
    const generation = generationSchema.safeParse(attributes['generation']);
    if (generation.success) return generation.data;
  }
  return null;
}

/** None where the feature set was dropped since: the words of the answer stand all the same. */
async function chunksOf(
  { featureSet }: Trace,
  { features }: Pick<ApiPorts, 'features'>,
  ids: readonly string[],
  access: Access | undefined,
): Promise<readonly RetrievedChunk[]> {
  if (featureSet === null) return [];
  try {
    return await features.chunks(featureSet, ids, access);
  } catch (failure) {
    if (failure instanceof PermanentError && failure.code === 'features.unknown-set') return [];
    throw failure;
  }
}
