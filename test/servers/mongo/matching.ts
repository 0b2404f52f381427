import { BSON } from 'mongodb';
import { MongoFault } from './fault.ts';

/** Of the query language what our adapters say to a replica set in the tests; anything else is refused, not guessed. */
export function matches(document: BSON.Document, filter: BSON.Document): boolean {
  return Object.entries(filter).every(([field, wanted]) => {
    if (field.startsWith('$')) throw unknown(field);
    const value = document[field];
    if (!isOperators(wanted)) return equal(value, wanted);
    return Object.entries(wanted).every(([operator, operand]) => {
      switch (operator) {
        case '$exists':
          return (value !== undefined) === operand;
        case '$in':
          return (operand as unknown[]).some((each) => equal(value, each));
        case '$ne':
          return !equal(value, operand);
        case '$gt':
          return value !== undefined && compare(value, operand) > 0;
        default:
          throw unknown(operator);
      }
    });
  });
}

/** Applies an update; `now` is the server's clock. */
export function updated(
  document: BSON.Document,
  update: BSON.Document,
  now: BSON.Timestamp,
): BSON.Document {
  const next = { ...document };
  for (const [operator, fields] of Object.entries(update)) {
    for (const [field, value] of Object.entries(fields as BSON.Document)) {
      switch (operator) {
        case '$set':
          next[field] = value;
          break;
        case '$unset':
          delete next[field];
          break;
        case '$inc':
          next[field] = ((next[field] as number | undefined) ?? 0) + (value as number);
          break;
        case '$currentDate':
          next[field] = (value as BSON.Document)['$type'] === 'timestamp' ? now : new Date();
          break;
        default:
          throw unknown(operator);
      }
    }
  }
  return next;
}

export function sorted(
  documents: readonly BSON.Document[],
  sort: BSON.Document,
): readonly BSON.Document[] {
  return documents.toSorted((a, b) => {
    for (const [field, direction] of Object.entries(sort)) {
      const order = compare(a[field], b[field]);
      if (order !== 0) return order * (direction as number);
    }
    return 0;
  });
}

/** Inclusions only, as our adapters ask for; `_id` comes along unless it is left out. */
export function projected(document: BSON.Document, projection: BSON.Document): BSON.Document {
  const { _id = 1, ...rest } = projection;
  const fields = [...(_id === 1 ? ['_id'] : []), ...Object.keys(rest)];
  if (Object.values(rest).some((each) => each !== 1)) throw unknown('an exclusion');
  return Object.fromEntries(
    fields.filter((field) => field in document).map((field) => [field, document[field]]),
  );
}

function equal(a: unknown, b: unknown): boolean {
  const empty = (value: unknown) => value === undefined || value === null;
  if (empty(a) || empty(b)) return empty(a) && empty(b);
  return BSON.EJSON.stringify({ a }) === BSON.EJSON.stringify({ a: b });
}

function compare(a: unknown, b: unknown): number {
  const [first, second] = [comparable(a), comparable(b)];
  return first < second ? -1 : first > second ? 1 : 0;
}

/** As MongoDB does, what is missing stands before everything. */
function comparable(value: unknown): string | bigint {
  if (value === undefined || value === null) return '';
  if (value instanceof BSON.Timestamp) return value.toBigInt();
  if (typeof value === 'string') return value;
  throw unknown(`an order of ${typeof value}`);
}

function isOperators(wanted: unknown): wanted is BSON.Document {
  return (
    typeof wanted === 'object' &&
    wanted !== null &&
    Object.keys(wanted).length > 0 &&
    Object.keys(wanted).every((key) => key.startsWith('$'))
  );
}

function unknown(what: string): MongoFault {
  return new MongoFault(2, 'BadValue', `This server does not know ${what}.`);
}
