import type { Connection } from './connection.ts';
import { is, isOneOf } from './filter.ts';
import { payloadsOf } from './heads.ts';
import { type HeadPayload, headId, headOf, type Intent, intentId } from './points.ts';
import { update } from './update.ts';
import { clean } from './write-version.ts';

const documentsAtOnce = 100;

/** The head first: from then on nobody is shown the document. */
export async function removeDocument(
  connection: Connection,
  set: string,
  documentId: string,
): Promise<{ readonly chunks: number; readonly tokens: number }> {
  const head = await readHead(connection, set, documentId);
  if (!head) return { chunks: 0, tokens: 0 };
  const { version, revision, chunks, words } = head;
  const own = is('documentId', documentId);
  const older = { key: 'revision', range: { lte: revision } };
  await update(connection, set, [
    { delete: { filter: { must: [is('type', 'document'), own, is('version', version)] } } },
    { delete: { filter: { must: [is('type', 'chunk'), own, older] } } },
  ]);
  return { chunks: -chunks, tokens: -words };
}

/** All that there is of the documents, whoever is writing it. */
export async function forgetDocuments(
  connection: Connection,
  set: string,
  documentIds: readonly string[],
): Promise<void> {
  for (let from = 0; from < documentIds.length; from += documentsAtOnce) {
    const some = documentIds.slice(from, from + documentsAtOnce);
    await update(connection, set, [
      { delete: { filter: { must: [isOneOf('documentId', some)] } } },
    ]);
  }
}

/** Cleans up after a put that was killed. */
export async function abandon(connection: Connection, set: string, intent: Intent): Promise<void> {
  const { documentId, version } = intent;
  const head = await readHead(connection, set, documentId);
  if (head?.version === version) {
    await clean(connection, set, intent);
    return;
  }
  await update(connection, set, [
    { delete: { filter: { must: [is('type', 'chunk'), is('version', version)] } } },
    { delete: { points: [intentId(intent)] } },
  ]);
}

async function readHead(
  connection: Connection,
  set: string,
  documentId: string,
): Promise<HeadPayload | undefined> {
  const id = headId(documentId);
  const payload = (await payloadsOf(connection, set, [id], true)).get(id);
  return payload === undefined ? undefined : headOf(payload);
}
