import { TransientError } from '../../errors.ts';
import type { DocumentFeatures } from '../chunk.ts';
import { applied, ask, type Connection, write } from './connection.ts';
import { is } from './filter.ts';
import { payloadsOf } from './heads.ts';
import { type HeadPayload, headId, headOf, settingsId, settingsOf, versionOf } from './points.ts';
import { abandon } from './remove.ts';
import { wordsOf } from './words.ts';
import { type Circumstances, clean, intentFor, writeVersion } from './write-version.ts';

/** How a set grew or shrank by a change. */
export type Growth = {
  readonly chunks: number;
  readonly tokens: number;
  /** The mean length, in thousandths of a token, that new weights are written for. */
  readonly writtenFor: number;
};

const mostTries = 20;
const usualWrittenFor = 100_000;

/**
 * Writes the new revision's points beside the old one's, then moves the document's head to them, then deletes the old
 * ones. The head is moved by compare-and-swap, so of two that write the same document at once one starts over. Every
 * step can be done again: killed anywhere, this leaves the old state or the new one and at worst points that nobody
 * is shown, which the next put of the document or the next `sweep` removes.
 */
export async function putDocument(
  connection: Connection,
  set: string,
  features: DocumentFeatures,
): Promise<Growth | undefined> {
  const version = versionOf(features);
  let superseded: HeadPayload | undefined;
  let moved = false;
  for (let tried = 0; tried < mostTries; tried += 1) {
    const seen = await look(connection, set, features, version);
    const { head } = seen;
    if (head && head.revision > features.revision) {
      if (tried > 0) await abandon(connection, set, intentFor(features, version, undefined));
      return undefined;
    }
    if (head?.version === version && seen.points === features.chunks.length) {
      await clean(connection, set, intentFor(features, version, superseded));
      const { writtenFor } = seen;
      if (!moved) return { chunks: 0, tokens: 0, writtenFor };
      return {
        chunks: head.chunks - (superseded?.chunks ?? 0),
        tokens: head.words - (superseded?.words ?? 0),
        writtenFor,
      };
    }
    if (head?.version !== version) {
      superseded = head;
      moved = true;
    }
    await writeVersion(connection, set, features, version, { ...seen, superseded });
  }
  throw contended(features.documentId);
}

type Seen = Omit<Circumstances, 'superseded'> & {
  /** How many passages of this version there are already. */
  readonly points: number;
};

async function look(
  connection: Connection,
  set: string,
  { documentId, chunks }: DocumentFeatures,
  version: string,
): Promise<Seen> {
  const [found, { count: points }] = await Promise.all([
    payloadsOf(connection, set, [headId(documentId), settingsId], true),
    ask(connection, 'count passages', (api, init) =>
      api.countPoints(
        {
          collection_name: connection.names.set(set),
          filter: { must: [is('type', 'chunk'), is('version', version)] },
          exact: true,
        },
        init,
      ),
    ),
  ]);
  const head = found.get(headId(documentId));
  const settings = found.get(settingsId);
  return {
    head: head === undefined ? undefined : headOf(head),
    points,
    writtenFor: settings ? settingsOf(settings).writtenFor : await begin(connection, set, chunks),
  };
}

/** The first document of a set guesses for all: its own mean, until the set knows better. */
async function begin(
  connection: Connection,
  set: string,
  chunks: DocumentFeatures['chunks'],
): Promise<number> {
  const tokens = chunks.reduce((sum, chunk) => sum + wordsOf(chunk).length, 0);
  const mean = Math.round((1_000 * tokens) / chunks.length);
  const writtenFor = mean >= 1 ? mean : usualWrittenFor;
  await write(connection, 'begin a feature set', (api, init) =>
    api.upsertPoints(
      {
        collection_name: connection.names.set(set),
        ...applied,
        points: [{ id: settingsId, vector: {}, payload: { type: 'settings', writtenFor } }],
        update_mode: 'insert_only',
      },
      init,
    ),
  );
  const found = await payloadsOf(connection, set, [settingsId], true);
  return settingsOf(found.get(settingsId)).writtenFor;
}

function contended(documentId: string): TransientError {
  return new TransientError(`Others keep writing document ${documentId}.`, {
    code: 'features.contended',
    hint: 'The same will be tried again.',
  });
}
