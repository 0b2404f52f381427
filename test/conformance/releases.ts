import type { ReleaseSpec } from '../../pipelines/stores/registry/release.ts';

/** A release that differs by its model. */
export function spec(model: string, changes: Partial<ReleaseSpec> = {}): ReleaseSpec {
  return {
    twin: 'ada',
    generator: { engine: 'tgi', model, revision: 'abc', adapter: null },
    prompt: null,
    retrieval: { limit: 8, weights: { lexical: 0.7, dense: 0.3 } },
    reranker: 'none',
    features: { lexical: 'porter-1', embedder: null },
    lineage: { code: null, parent: null, trainingSet: null, report: null },
    ...changes,
  };
}
