import type { FeatureStore } from '../../pipelines/stores/features/port.ts';
import { sha256 } from '../../pipelines/stores/identity.ts';
import { openEmbedded } from '../../pipelines/stores/open.ts';
import type { Database } from '../../pipelines/stores/sqlite/database.ts';
import { integrityProblems } from '../../pipelines/stores/sqlite/integrity.ts';
import type { Warehouse } from '../../pipelines/stores/warehouse/port.ts';

/** What stands in a home: documents by content, passages by set, regardless of revision numbers. */
export type Contents = {
  readonly documents: ReadonlyMap<string, string>;
  readonly chunks: ReadonlyMap<string, string>;
};

export type Inspection = {
  readonly contents: Contents;
  /** Documents that features exist of. */
  readonly indexed: ReadonlySet<string>;
  /** Everything that must never be, as sentences; empty when all is well. */
  readonly faults: readonly string[];
};

/** Opens a home as the next process would, and looks for damage of any kind. */
export async function inspect(home: string): Promise<Inspection> {
  const stores = openEmbedded(home);
  try {
    const { database, warehouse, features } = stores;
    const faults = [...integrityProblems(database), ...countFaults(database)];
    return await examined(warehouse, features, faults);
  } finally {
    await stores.close();
  }
}

/** Reads everything out of a warehouse and the sets of a feature store; damage is added to `faults`. */
export async function examined(
  warehouse: Pick<Warehouse, 'documents'>,
  features: Pick<FeatureStore, 'sets' | 'revisions' | 'documentChunks'>,
  faults: string[],
): Promise<Inspection> {
  const documents = new Map<string, string>();
  for await (const document of warehouse.documents()) {
    if (documents.has(document.id)) faults.push(`document ${document.id} is there twice`);
    documents.set(document.id, document.contentHash);
  }
  const chunks = new Map<string, string>();
  const indexed = new Set<string>();
  for (const set of await features.sets()) {
    for await (const { documentId } of features.revisions(set.id)) {
      if (indexed.has(documentId)) faults.push(`features of ${documentId} are there twice`);
      indexed.add(documentId);
      let next = 0;
      for await (const chunk of features.documentChunks(set.id, documentId)) {
        if (chunk.ordinal !== next) faults.push(`${documentId} has no passage ${next}`);
        next += 1;
        const { text, context, start, end } = chunk;
        chunks.set(chunk.id, sha256(JSON.stringify([text, context, start, end])));
      }
    }
  }
  return { contents: { documents, chunks }, indexed, faults };
}

/** Chunks, passages, index rows and the sets' own counts must tell the same story. */
function countFaults(database: Database): readonly string[] {
  return database.all('select key, id, documents, chunks from feature_sets').flatMap((set) => {
    const counted = database.get(
      `select count(distinct d.key) as documents, count(c.key) as chunks, count(p.chunk_key) as passages,
         count(l.id) as indexed, count(distinct d.document_id) as distinct_documents,
         (select sum(chunks) from feature_documents where set_key = ?1) as promised,
         (select count(*) from lexical_${set['key']}_docsize) as words
       from feature_documents d left join chunks c on c.document_key = d.key
         left join passages p on p.chunk_key = c.key
         left join lexical_${set['key']}_docsize l on l.id = c.key
       where d.set_key = ?1`,
      set['key'] ?? null,
    );
    const { documents, distinct_documents, ...chunks } = counted ?? {};
    return [
      ...Object.entries(chunks)
        .filter(([, value]) => (value ?? 0) !== set['chunks'])
        .map(
          ([name, value]) =>
            `${set['id']}: ${name} ${value}, chunks by its own count ${set['chunks']}`,
        ),
      ...(documents === set['documents'] && distinct_documents === documents
        ? []
        : [`${set['id']}: ${documents} sync marks, by its own count ${set['documents']}`]),
    ];
  });
}
