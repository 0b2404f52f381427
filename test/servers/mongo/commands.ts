import { BSON } from 'mongodb';
import { z } from 'zod';
import { MongoFault } from './fault.ts';

const document = z.record(z.string(), z.unknown());
const count = z.union([z.number(), z.instanceof(BSON.Long)]);
const name = z.string().min(1);
const majority = z.object({ w: z.literal('majority') });
const concern = z.object({ level: z.literal('majority').optional() });

/** What every command may carry besides. */
const around = {
  $db: name,
  lsid: document.optional(),
  $clusterTime: document.optional(),
  txnNumber: count.optional(),
  apiVersion: z.string().optional(),
  $readPreference: document.optional(),
};
const reads = { readConcern: concern.optional(), maxTimeMS: count.optional() };
/** Without a majority a write may be taken back by an election, so none may come without. */
const writes = { writeConcern: majority, ordered: z.boolean().optional() };

const changeStream = z.strictObject({
  fullDocument: z.literal('default').optional(),
  startAfter: document.optional(),
  resumeAfter: document.optional(),
  startAtOperationTime: z.instanceof(BSON.Timestamp).optional(),
});

/** The fields of the commands, after https://www.mongodb.com/docs/manual/reference/command/ */
const known: Readonly<Record<string, z.ZodType>> = {
  hello: z.looseObject({ $db: name }),
  ismaster: z.looseObject({}),
  ping: z.strictObject({ ping: z.literal(1), ...around }),
  endSessions: z.strictObject({
    endSessions: z.array(document),
    ...around,
    writeConcern: document.optional(),
  }),
  dropDatabase: z.strictObject({
    dropDatabase: z.literal(1),
    ...around,
    writeConcern: majority.optional(),
  }),
  collMod: z.strictObject({
    collMod: name,
    validator: document,
    validationLevel: z.literal('strict').optional(),
    ...around,
    writeConcern: majority.optional(),
  }),
  create: z.strictObject({
    create: name,
    validator: z.strictObject({ $jsonSchema: document }),
    validationLevel: z.literal('strict'),
    ...around,
    writeConcern: majority,
  }),
  createIndexes: z.strictObject({
    createIndexes: name,
    indexes: z
      .array(z.strictObject({ key: document, name, unique: z.boolean().optional() }))
      .min(1),
    ...around,
    writeConcern: majority,
  }),
  find: z.strictObject({
    find: name,
    filter: document.optional(),
    projection: document.optional(),
    sort: z.union([document, z.instanceof(Map)]).optional(),
    limit: count.optional(),
    batchSize: count.optional(),
    singleBatch: z.boolean().optional(),
    ...reads,
    ...around,
  }),
  update: z.strictObject({
    update: name,
    updates: z
      .array(
        z.strictObject({
          q: document,
          u: document,
          upsert: z.boolean().optional(),
          multi: z.boolean().optional(),
        }),
      )
      .min(1),
    bypassDocumentValidation: z.literal(false).optional(),
    ...writes,
    ...around,
  }),
  delete: z.strictObject({
    delete: name,
    deletes: z
      .array(z.strictObject({ q: document, limit: z.union([z.literal(0), z.literal(1)]) }))
      .min(1),
    ...writes,
    ...around,
  }),
  aggregate: z.strictObject({
    aggregate: name,
    pipeline: z.tuple([
      z.strictObject({ $changeStream: changeStream }),
      z.strictObject({ $project: z.record(z.string(), z.literal(1)) }),
    ]),
    cursor: z.strictObject({ batchSize: count.optional() }),
    ...reads,
    ...around,
  }),
  getMore: z.strictObject({
    getMore: z.union([z.number(), z.instanceof(BSON.Long)]),
    collection: name,
    batchSize: count.optional(),
    maxTimeMS: count.optional(),
    ...around,
  }),
  killCursors: z.strictObject({
    killCursors: name,
    cursors: z.array(z.union([z.number(), z.instanceof(BSON.Long)])),
    ...around,
  }),
};

/** Holds a command to its fields, as the server does. @throws MongoFault */
export function checkCommand(command: string, body: BSON.Document): void {
  const schema = known[command];
  if (!schema) throw new MongoFault(59, 'CommandNotFound', `no such command: '${command}'`);
  const { error } = schema.safeParse(body);
  if (error) throw new MongoFault(40_415, 'Location40415', z.prettifyError(error));
  // The driver may repeat what carries a number, so only what touches one document at a time may carry one.
  const statements = body['updates'] ?? body['deletes'];
  const many = (each: BSON.Document) => each['multi'] === true || each['limit'] === 0;
  if (body['txnNumber'] !== undefined && !(Array.isArray(statements) && !statements.some(many))) {
    throw new MongoFault(20, 'IllegalOperation', `${command} cannot be retried.`);
  }
}
