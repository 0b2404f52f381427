import { BSON } from 'mongodb';
import type { ChangeKind } from './change-log.ts';
import { matches, projected, sorted, updated } from './matching.ts';

/** One collection in memory, with what of find, update and delete our adapters use on a replica set. */
export type Kept = {
  readonly documents: ReadonlyMap<unknown, BSON.Document>;
  find(command: BSON.Document): BSON.Document[];
  update(command: BSON.Document): BSON.Document;
  remove(command: BSON.Document): BSON.Document;
};

export type Keeping = {
  readonly clock: () => BSON.Timestamp;
  /** @throws MongoFault when the collection's schema does not take the document */
  readonly check: (document: BSON.Document) => void;
  readonly told: (kind: ChangeKind, document: BSON.Document) => void;
};

export function openKept({ clock, check, told }: Keeping): Kept {
  const documents = new Map<unknown, BSON.Document>();
  const matching = (filter: BSON.Document) =>
    [...documents.values()].filter((document) => matches(document, filter));
  const write = (kind: 'insert' | 'update', document: BSON.Document) => {
    check(document);
    documents.set(document['_id'], document);
    told(kind, document);
  };

  const updateOne = (statement: BSON.Document) => {
    const { q, u, multi = false, upsert = false } = statement;
    const found = matching(q).slice(0, multi ? undefined : 1);
    for (const document of found) write('update', updated(document, u, clock()));
    if (found.length > 0 || !upsert) return { n: found.length, nModified: found.length };
    const equalities = Object.entries(q).filter(([, value]) => typeof value === 'string');
    const document = updated(
      { _id: new BSON.ObjectId(), ...Object.fromEntries(equalities) },
      u,
      clock(),
    );
    if (documents.has(document['_id'])) return { n: 0, nModified: 0, taken: document['_id'] };
    write('insert', document);
    return { n: 1, nModified: 0, upserted: document['_id'] };
  };

  return {
    documents,
    find({ filter = {}, sort = {}, limit = 0, projection = {} }) {
      const found = sorted(matching(filter), sort).slice(0, limit === 0 ? undefined : limit);
      const whole = Object.keys(projection).length === 0;
      return whole ? [...found] : found.map((document) => projected(document, projection));
    },
    update({ updates }) {
      const done = (updates as BSON.Document[]).map(updateOne);
      const upserted = done.flatMap(({ upserted: _id }, index) => (_id ? [{ index, _id }] : []));
      const writeErrors = done.flatMap(({ taken }, index) =>
        taken ? [{ index, code: 11_000, errmsg: `E11000 duplicate key error: _id ${taken}` }] : [],
      );
      const sum = (of: 'n' | 'nModified') => done.reduce((total, each) => total + each[of], 0);
      return {
        ...{ ok: 1, n: sum('n'), nModified: sum('nModified') },
        ...(upserted.length > 0 && { upserted }),
        ...(writeErrors.length > 0 && { writeErrors }),
      };
    },
    remove({ deletes }) {
      let n = 0;
      for (const { q, limit } of deletes as BSON.Document[]) {
        for (const document of matching(q).slice(0, limit === 0 ? undefined : 1)) {
          documents.delete(document['_id']);
          told('delete', document);
          n += 1;
        }
      }
      return { ok: 1, n };
    },
  };
}
