import { type Collection, type Document, type IndexDescription, MongoServerError } from 'mongodb';
import type { Mongo } from './connection.ts';
import { attempt } from './failure.ts';

export type CollectionPlan = {
  readonly name: string;
  /** A `$jsonSchema`, which the server holds every write to, where it can. */
  readonly schema?: Document;
  readonly indexes?: readonly IndexDescription[];
};

const namespaceExists = 48;

/**
 * Makes a collection with its schema and indexes, or brings one that is there to them; safe to repeat, and by
 * several processes at once.
 */
export async function prepareCollection<Stored extends Document>(
  mongo: Mongo,
  { name, schema, indexes = [] }: CollectionPlan,
): Promise<Collection<Stored>> {
  return await attempt(`prepare the collection ${name}`, async () => {
    if (schema && mongo.can.validators) await holdTo(mongo, name, schema);
    const collection = mongo.db.collection<Stored>(name);
    // One by one: FerretDB falls over a list of which several are there already.
    for (const index of indexes) await collection.createIndexes([index]);
    return collection;
  });
}

async function holdTo(mongo: Mongo, name: string, schema: Document): Promise<void> {
  const rules = { validator: { $jsonSchema: schema }, validationLevel: 'strict' };
  try {
    await mongo.db.createCollection(name, rules);
  } catch (error) {
    if (!(error instanceof MongoServerError && error.code === namespaceExists)) throw error;
    await mongo.db.command({ collMod: name, ...rules });
  }
}
