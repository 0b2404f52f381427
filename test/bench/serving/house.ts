import { syncFeatures } from '../../../pipelines/feature/sync.ts';
import { openEmbedded } from '../../../pipelines/stores/open.ts';
import { madeDocuments } from '../ask/corpus.ts';

/** Puts made documents through the feature pipeline until at least `chunks` are indexed; returns how many are. */
export async function indexedHome(home: string, chunks: number): Promise<number> {
  const stores = openEmbedded(home);
  const documents = madeDocuments(Number.POSITIVE_INFINITY);
  try {
    let indexed = 0;
    while (indexed < chunks) {
      // A document makes four chunks or so.
      const wanted = Math.ceil((chunks - indexed) / 4);
      for (let index = 0; index < wanted; index += 1) {
        const { value: draft } = documents.next();
        if (draft) await stores.warehouse.upsert(draft);
      }
      for await (const event of syncFeatures({ ...stores, embedder: null }, {})) {
        if (event.type === 'refused') throw new Error(event.reason.message);
      }
      indexed = (await stores.features.current())?.chunks ?? 0;
    }
    return indexed;
  } finally {
    await stores.close();
  }
}
