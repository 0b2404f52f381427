import type { ValidateFunction } from 'ajv';
import { BSON } from 'mongodb';
import { ChangeLog } from './change-log.ts';
import { checkCommand } from './commands.ts';
import { MongoFault } from './fault.ts';
import { type Kept, openKept } from './kept.ts';
import { schemaCheck } from './schema.ts';

export type Answers = {
  readonly changes: ChangeLog;
  collection(name: string): Kept;
  /** @throws MongoFault */
  answer(command: string, body: BSON.Document): Promise<BSON.Document>;
};

/** What the server is, apart from its connections: its data, its clock, its streams and its memory of retried writes. */
export function openAnswers(hello: () => BSON.Document, standalone: boolean): Answers {
  const kept = new Map<string, Kept>();
  const schemas = new Map<string, ValidateFunction>();
  /** Replies to retryable writes, so that a repetition is told what the first one was. */
  const answered = new Map<string, BSON.Document>();
  const changes = new ChangeLog('documents');
  let ticks = 0;
  const clock = () => {
    ticks += 1;
    return new BSON.Timestamp({ t: 1_700_000_000, i: ticks });
  };

  const collection = (name: string): Kept => {
    const known = kept.get(name);
    if (known) return known;
    const made = openKept({
      clock,
      check: (document) => {
        const check = schemas.get(name);
        if (!check || check(document)) return;
        const why = JSON.stringify(check.errors?.at(0));
        throw new MongoFault(
          121,
          'DocumentValidationFailure',
          `Document failed validation: ${why}`,
        );
      },
      told: (kind, document) => {
        if (name === 'documents') changes.add(kind, document);
      },
    });
    kept.set(name, made);
    return made;
  };

  const unlessRepeated = (body: BSON.Document, work: () => BSON.Document): BSON.Document => {
    if (body['txnNumber'] === undefined) return work();
    const key = BSON.EJSON.stringify([body['lsid'], body['txnNumber']]);
    const before = answered.get(key);
    if (before) return { ...before, retriedStmtIds: [0] };
    const reply = work();
    answered.set(key, reply);
    return reply;
  };

  const holdTo = (name: string, validator: BSON.Document) =>
    schemas.set(name, schemaCheck(validator['$jsonSchema']));

  return {
    changes,
    collection,
    async answer(command, body) {
      checkCommand(command, body);
      switch (command) {
        case 'hello':
        case 'ismaster':
          return hello();
        case 'collMod':
          if (!schemas.has(body['collMod'])) {
            throw new MongoFault(26, 'NamespaceNotFound', 'ns does not exist');
          }
          holdTo(body['collMod'], body['validator']);
          return { ok: 1 };
        case 'create':
          if (schemas.has(body['create'])) {
            throw new MongoFault(48, 'NamespaceExists', 'Collection already exists.');
          }
          holdTo(body['create'], body['validator']);
          return { ok: 1 };
        case 'find': {
          const limit = Number(body['limit'] ?? 0);
          const firstBatch = collection(body['find']).find({ ...body, limit });
          return { ok: 1, cursor: { id: BSON.Long.ZERO, ns: `db.${body['find']}`, firstBatch } };
        }
        case 'update':
          return unlessRepeated(body, () => collection(body['update']).update(body));
        case 'delete':
          return unlessRepeated(body, () => collection(body['delete']).remove(body));
        case 'aggregate': {
          if (standalone) {
            throw new MongoFault(40_573, 'Location40573', 'only supported on replica sets');
          }
          const [{ $changeStream }, { $project }] = body['pipeline'];
          return { ...changes.watch($changeStream, Object.keys($project)), operationTime: clock() };
        }
        case 'getMore':
          return await changes.more(bigint(body['getMore']), Number(body['maxTimeMS'] ?? 1_000));
        case 'killCursors':
          changes.kill(body['cursors'].map(bigint));
          return { ok: 1, cursorsKilled: body['cursors'] };
        default:
          return { ok: 1 };
      }
    },
  };
}

const bigint = (id: number | BSON.Long) => (typeof id === 'number' ? BigInt(id) : id.toBigInt());
