import type { ReleaseSpec } from '../stores/registry/release.ts';

/** What a process knows of itself when it serves the embedded twin. */
export type EmbeddedSetting = {
  readonly twin: string;
  /** Name and version of the extractive answerer. */
  readonly model: string;
  readonly retrieval: ReleaseSpec['retrieval'];
  readonly reranker: string;
  readonly features: ReleaseSpec['features'];
  /** Commit or version of the code. */
  readonly code: string | null;
};

/** The release that the embedded adapters make up: no weights, no prompt, nothing trained. */
export function embeddedRelease(setting: EmbeddedSetting): ReleaseSpec {
  const { twin, model, retrieval, reranker, features, code } = setting;
  return {
    twin,
    generator: { engine: 'extractive', model, revision: null, adapter: null },
    prompt: null,
    retrieval,
    reranker,
    features,
    lineage: { code, parent: null, trainingSet: null, report: null },
  };
}
