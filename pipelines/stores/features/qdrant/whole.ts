import type { Schemas } from '@qdrant/js-client-rest';
import { z } from 'zod';
import type { DocumentFeatures } from '../chunk.ts';
import { dense } from './collection.ts';
import { agreed, ask, type Connection } from './connection.ts';
import { is } from './filter.ts';
import { payloadsOf, steadily } from './heads.ts';
import { attributesOf, chunkOf, headId, headOf } from './points.ts';
import type { StoredSet } from './sets.ts';

const pageSize = 100;
const stored = z.object({ [dense]: z.array(z.number()) });
const unlike = z.object({ exact: z.string().optional() });

/** Everything a document contributes, as it was put. */
export async function documentFeatures(
  connection: Connection,
  set: StoredSet,
  documentId: string,
): Promise<DocumentFeatures | undefined> {
  const id = headId(documentId);
  return await steadily(connection, set.id, documentId, async () => {
    const payload = (await payloadsOf(connection, set.id, [id], true)).get(id);
    if (payload === undefined) return undefined;
    const { revision, version, ...head } = headOf(payload);
    const points: Schemas['Record'][] = [];
    for (let from = 0; from < head.chunks; from += pageSize) {
      points.push(...(await page(connection, set, version, from)));
    }
    points.sort((a, b) => chunkOf(a.payload).ordinal - chunkOf(b.payload).ordinal);
    const vectors = () => points.map(({ payload: own, vector }) => vectorOf(own, vector));
    return {
      documentId,
      revision,
      attributes: attributesOf(head),
      chunks: points.map((point) => chunkOf(point.payload)),
      ...(set.manifest.embedder && { vectors: vectors() }),
    };
  });
}

async function page(
  connection: Connection,
  set: StoredSet,
  version: string,
  from: number,
): Promise<readonly Schemas['Record'][]> {
  const range = { key: 'ordinal', range: { gte: from, lt: from + pageSize } };
  const { points } = await ask(connection, 'read features', (api, init) =>
    api.scrollPoints(
      {
        collection_name: connection.names.set(set.id),
        ...agreed(connection),
        filter: { must: [is('type', 'chunk'), is('version', version), range] },
        limit: pageSize,
        with_payload: true,
        with_vector: set.manifest.embedder ? [dense] : false,
      },
      init,
    ),
  );
  return points;
}

function vectorOf(payload: unknown, vector: unknown): Float32Array {
  const { exact } = unlike.parse(payload);
  if (exact === undefined) return Float32Array.from(stored.parse(vector)[dense]);
  return new Float32Array(new Uint8Array(Buffer.from(exact, 'base64')).buffer);
}

/** Of squared length: Qdrant leaves a vector as it is that is no further from 1 than twice this. */
const unitError = 5e-7;

/**
 * The bytes of a vector that Qdrant will not keep as it is: for cosines it makes all of them as long as 1, and few
 * embedders give others. To search both are the same.
 */
export function exactly(vector: Float32Array): { readonly exact?: string } {
  const squared = vector.reduce((sum, value) => sum + value * value, 0);
  if (squared === 0 || Math.abs(squared - 1) <= unitError) return {};
  const { buffer, byteOffset, byteLength } = vector;
  return { exact: Buffer.from(buffer, byteOffset, byteLength).toString('base64') };
}
