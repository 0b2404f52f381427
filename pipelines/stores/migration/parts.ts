import type { Artefact, ArtefactStore } from '../artefacts/port.ts';
import { PermanentError } from '../errors.ts';
import type { DocumentFeatures } from '../features/chunk.ts';
import type { FeatureSet, FeatureStore } from '../features/port.ts';
import { sha256 } from '../identity.ts';
import type { Move } from '../registry/port.ts';
import type { Release } from '../registry/release.ts';
import type { Document } from '../warehouse/document.ts';
import type { FetchMemory, Origin, Warehouse } from '../warehouse/port.ts';
import { compareIds, type Mark, type Part } from './part.ts';

/** A document at its revision, or what is left of one that vanished. */
export type MovedDocument =
  | { readonly state: 'live'; readonly document: Document }
  | {
      readonly state: 'tombstone';
      readonly id: string;
      readonly origin: string;
      readonly revision: number;
    };

/** A line of the ledger; the one that registers a release carries it. */
export type MovedLine = { readonly move: Move; readonly release: Release | null };

/** What only the adapter itself can hand out and take in exactly. */
export type Exact = {
  readonly documents: Part<MovedDocument>;
  /** By the promise's hash: documents that are never to be taken in again. */
  readonly forgotten: Part<true>;
  readonly fetchMemory: Part<FetchMemory>;
  /** By twin and sequence. */
  readonly ledger: Part<MovedLine>;
};

/** The key of a ledger's line; sorts as the ledger does, twin by twin. */
export const lineId = ({ twin, sequence }: Pick<Move, 'twin' | 'sequence'>): string =>
  `${twin}\0${String(sequence).padStart(12, '0')}`;

export function lineOf(id: string): readonly [twin: string, sequence: number] {
  const [twin = '', sequence] = id.split('\0');
  return [twin, Number(sequence)];
}

export const lineDigest = (move: Move): string =>
  sha256(JSON.stringify([move.release, move.to, move.at]));

/** What to throw when a line is there that says something else. */
export function otherLedger({ twin, sequence }: Move): PermanentError {
  return new PermanentError(
    `Line ${sequence} of ${twin}'s ledger says something else in the target.`,
    {
      code: 'migrate.ledger',
      hint: 'A ledger is never rewritten: move into stores that have none of this twin.',
    },
  );
}

/** The links that are collected. */
export function originsPart(
  warehouse: Pick<Warehouse, 'origins' | 'putOrigin' | 'removeOrigin'>,
): Part<Origin> {
  const all = async () =>
    (await warehouse.origins()).toSorted((a, b) => compareIds(a.link, b.link));
  return {
    async *marks() {
      for (const origin of await all()) {
        yield { id: origin.link, digest: sha256(JSON.stringify(Object.entries(origin).sort())) };
      }
    },
    read: async (link) => (await all()).find((origin) => origin.link === link),
    write: (_, origin) => warehouse.putOrigin(origin),
    remove: (link) => warehouse.removeOrigin(link),
  };
}

/** The passages of one set, with their vectors. */
export function featuresPart(
  features: Pick<FeatureStore, 'revisions' | 'documentFeatures' | 'putDocument' | 'removeDocument'>,
  set: string,
): Part<DocumentFeatures> {
  return {
    async *marks() {
      for await (const { documentId, revision } of features.revisions(set)) {
        yield { id: documentId, digest: String(revision) };
      }
    },
    read: (id) => features.documentFeatures(set, id),
    write: (_, item) => features.putDocument(set, item),
    remove: (id) => features.removeDocument(set, id),
  };
}

/** Sets that answer or may again: abandoned builds stay behind. */
export async function setsToMove(features: FeatureStore): Promise<readonly FeatureSet[]> {
  const [current, previous] = [await features.current(), await features.previous()];
  return [previous, current].filter((set) => set !== undefined);
}

/** Artefacts are their own digests. */
export function artefactsPart(
  artefacts: ArtefactStore,
): Part<{ readonly about: Artefact; readonly bytes: Uint8Array }> {
  const sorted = async () => {
    const marks: Mark[] = [];
    for await (const { sha256: id } of artefacts.list()) marks.push({ id, digest: '' });
    return marks.sort((a, b) => compareIds(a.id, b.id));
  };
  return {
    async *marks() {
      yield* await sorted();
    },
    async read(id) {
      const about = await artefacts.stat(id);
      return about && { about, bytes: await artefacts.read(id) };
    },
    async write(_, { about, bytes }) {
      await artefacts.put(bytes, { name: about.name, mediaType: about.mediaType });
    },
    remove: (id) => artefacts.remove(id),
  };
}
