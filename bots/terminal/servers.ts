import type { Environment } from '../../pipelines/environment.ts';
import { type ServedMaking, servedMaking } from '../../pipelines/feature/served-making.ts';
import { type ModelServers, openModelServers } from '../../pipelines/serving/servers.ts';
import type { EmbeddedStores } from '../../pipelines/stores/open.ts';

/** The model servers that are named, for answering and for making features. */
type Servers = ServedMaking & ModelServers;

type Wanted = Pick<Environment, 'llm' | 'embed' | 'embedder' | 'rerank' | 'headers'>;

/** @throws as `openModelServers` does */
export async function openServers(
  wanted: Wanted,
  { embeddings, headerStore }: Pick<EmbeddedStores, 'embeddings' | 'headerStore'>,
): Promise<Servers> {
  const servers = await openModelServers(wanted, embeddings);
  return { ...servers, ...servedMaking(wanted, servers.llm, headerStore) };
}
