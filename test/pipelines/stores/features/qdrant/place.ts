import { randomUUID } from 'node:crypto';
import { QdrantClient } from '@qdrant/js-client-rest';
import type { FeatureStore } from '../../../../../pipelines/stores/features/port.ts';
import { openQdrantFeatures } from '../../../../../pipelines/stores/features/qdrant/adapter.ts';
import type { QdrantSettings } from '../../../../../pipelines/stores/features/qdrant/settings.ts';

/** A prefix of its own on a server, and stores under it; `close` removes all that was made. */
export function placeOn(server: { readonly url: string; readonly apiKey: string | undefined }): {
  readonly prefix: string;
  open(more?: Partial<QdrantSettings>): Promise<FeatureStore>;
  close(): Promise<void>;
} {
  const prefix = `test-${randomUUID().slice(0, 8)}`;
  const stores: FeatureStore[] = [];
  const { url, apiKey } = server;
  return {
    prefix,
    async open(more = {}) {
      const key = apiKey === undefined ? {} : { apiKey };
      const store = await openQdrantFeatures({ url, ...key, prefix, ...more });
      stores.push(store);
      return store;
    },
    async close() {
      for (const store of stores) await store.close();
      const headers = apiKey === undefined ? {} : { headers: { 'api-key': apiKey } };
      const client = new QdrantClient({ url, ...headers, checkCompatibility: false });
      const { collections } = await client.getCollections();
      for (const { name } of collections) {
        if (name.startsWith(prefix)) await client.deleteCollection(name);
      }
    },
  };
}
