import type { DocumentFeatures } from '../chunk.ts';
import { dense, lexical } from './collection.ts';
import type { Connection } from './connection.ts';
import { type Filter, is } from './filter.ts';
import {
  attributesToPayload,
  chunkToPayload,
  type HeadPayload,
  headId,
  type Intent,
  intentId,
  pointId,
} from './points.ts';
import { type Operations, update } from './update.ts';
import { exactly } from './whole.ts';
import { sparseVector, wordsOf } from './words.ts';

/** What is known of a document when a version of it is written. */
export type Circumstances = {
  readonly head: HeadPayload | undefined;
  /** The head that this version comes after. */
  readonly superseded: HeadPayload | undefined;
  /** The mean length, in thousandths of a token, that weights are written for. */
  readonly writtenFor: number;
};

const pointsAtOnce = 100;

/** A document's passages as points of their own, and then its head over to them, unless somebody moved it meanwhile. */
export async function writeVersion(
  connection: Connection,
  set: string,
  features: DocumentFeatures,
  version: string,
  { head, superseded, writtenFor }: Circumstances,
): Promise<void> {
  const attributes = attributesToPayload(features.attributes);
  let tokens = 0;
  const points = features.chunks.map((chunk, at) => {
    const words = wordsOf(chunk);
    tokens += words.length;
    const vector = features.vectors?.[at];
    return {
      id: pointId(chunk.id, version),
      vector: {
        [lexical]: sparseVector(words, writtenFor / 1_000),
        ...(vector && { [dense]: [...vector] }),
      },
      payload: {
        ...chunkToPayload(chunk, { version, length: words.length, writtenFor }, attributes),
        ...(vector && exactly(vector)),
      },
    };
  });
  const intent = intentFor(features, version, superseded);
  let operations: Operations = [
    { upsert: { points: [{ id: intentId(intent), vector: {}, payload: intent }] } },
  ];
  for (let from = 0; from < points.length; from += pointsAtOnce) {
    operations.push({ upsert: { points: points.slice(from, from + pointsAtOnce) } });
    if (from + pointsAtOnce >= points.length) break;
    await update(connection, set, operations);
    operations = [];
  }
  const { documentId, revision, chunks } = features;
  const payload: HeadPayload = {
    type: 'document',
    ...{ documentId, revision, version, ...attributes },
    chunks: chunks.length,
    words: tokens,
    flippedAt: Date.now(),
  };
  operations.push({
    upsert: {
      points: [{ id: headId(documentId), vector: {}, payload }],
      ...(head
        ? { update_filter: { must: [is('version', head.version)] } }
        : { update_mode: 'insert_only' }),
    },
  });
  await update(connection, set, operations);
}

export function intentFor(
  { documentId, revision }: DocumentFeatures,
  version: string,
  superseded: HeadPayload | undefined,
): Intent {
  return {
    type: 'intent',
    ...{ documentId, revision, version },
    superseded: superseded?.version ?? null,
    begunAt: Date.now(),
  };
}

/**
 * Deletes what a head has left behind. Only what no other writer can still be about to show: older revisions, which
 * no head goes back to, and the one that this head came after.
 */
export async function clean(connection: Connection, set: string, intent: Intent): Promise<void> {
  const { documentId, revision, version, superseded } = intent;
  const should = [
    { key: 'revision', range: { lt: revision } },
    ...(superseded === null ? [] : [is('version', superseded)]),
  ];
  const left: Filter = {
    must: [is('type', 'chunk'), is('documentId', documentId)],
    must_not: [is('version', version)],
    should,
  };
  await update(connection, set, [
    { delete: { filter: left } },
    { delete: { points: [intentId(intent)] } },
  ]);
}
