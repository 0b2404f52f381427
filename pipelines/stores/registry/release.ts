import { z } from 'zod';
import { sha256 } from '../identity.ts';

export const stages = ['candidate', 'canary', 'production', 'archived'] as const;
export type Stage = (typeof stages)[number];

/** What is promoted as one: everything that shapes an answer, pinned. */
export const releaseSchema = z.object({
  /** Whose voice: the twin this release belongs to. */
  twin: z.string().min(1).max(100),
  generator: z.object({
    /** `extractive`, or the engine that serves the model: `tgi`, `vllm`, … */
    engine: z.string(),
    model: z.string().nullable(),
    revision: z.string().nullable(),
    adapter: z.string().nullable(),
    /** sha256 of the artefact with the adapter's prints: how it is known to be loaded. */
    prints: z.string().optional(),
    /** Temperature, lengths, seed and the like, as they are asked for. */
    sampling: z.record(z.string(), z.json()).optional(),
  }),
  /** Hash of the prompt files, or null for a generator without prompts. */
  prompt: z.string().nullable(),
  /** Retrieval settings as they are used, so that an answer can be replayed. */
  retrieval: z.record(z.string(), z.json()),
  reranker: z.string(),
  /** The feature sets this release may read: by manifest traits, not by id. */
  features: z.object({ lexical: z.string(), embedder: z.string().nullable() }),
  lineage: z.object({
    code: z.string().nullable(),
    parent: z.string().nullable(),
    trainingSet: z.string().nullable(),
    report: z.string().nullable(),
  }),
});
export type ReleaseSpec = z.infer<typeof releaseSchema>;

export type Release = ReleaseSpec & { readonly id: string; readonly createdAt: string };

/** The same spec is the same release, whoever registers it. Key order does not matter. */
export function releaseId(spec: ReleaseSpec): string {
  return `rel-${sha256(canonicalJson(spec)).slice(0, 12)}`;
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
