import type { ReleaseSpec } from '../stores/registry/release.ts';

/** What a process knows of itself when it serves a twin. */
export type ServedSetting = Pick<
  ReleaseSpec,
  'twin' | 'generator' | 'prompt' | 'retrieval' | 'reranker' | 'features'
> & {
  /** Commit or version of the code. */
  readonly code: string | null;
};

/** The release that a process's own configuration makes up: nothing trained, nobody's child. */
export function servedRelease({ code, ...setting }: ServedSetting): ReleaseSpec {
  return { ...setting, lineage: { code, parent: null, trainingSet: null, report: null } };
}

/** The generator of a release whose answers are quotations. */
export const extractiveGenerator = (model: string): ReleaseSpec['generator'] => ({
  engine: 'extractive',
  model,
  revision: null,
  adapter: null,
});
