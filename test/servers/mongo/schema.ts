import { Ajv, type ValidateFunction } from 'ajv';
import { BSON } from 'mongodb';

/** The BSON types our schemas speak of, https://www.mongodb.com/docs/manual/reference/bson-types/ */
const types: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  object: (value) => typeof value === 'object' && value !== null,
  array: Array.isArray,
  null: (value) => value === null,
  bool: (value) => typeof value === 'boolean',
  int: (value) => Number.isInteger(value),
  long: (value) => Number.isInteger(value) || value instanceof BSON.Long,
  double: (value) => typeof value === 'number',
  date: (value) => value instanceof Date,
  timestamp: (value) => value instanceof BSON.Timestamp,
};

/** A `$jsonSchema` as a check; a keyword or a type that is none is refused when it is made. */
export function schemaCheck(schema: BSON.Document): ValidateFunction {
  const ajv = new Ajv({ strict: true, strictTypes: false, strictRequired: false });
  ajv.addKeyword({
    keyword: 'bsonType',
    compile(given: string | string[]) {
      const checks = [given].flat().map((name) => {
        const check = types[name];
        if (!check) throw new Error(`${name} is no BSON type known here.`);
        return check;
      });
      return (value: unknown) => checks.some((check) => check(value));
    },
  });
  return ajv.compile(schema);
}
