import { BSON, type Document } from 'mongodb';
import { PermanentError } from '../errors.ts';

/** MongoDB's limit for one stored document, https://www.mongodb.com/docs/manual/reference/limits/ */
const mostBytes = 16 * 1024 * 1024;

/**
 * Refuses what MongoDB would not keep, before it is sent: the servers and the driver each say so in their own way.
 *
 * @throws PermanentError `mongo.too-large`
 */
export function checkSize(what: string, document: Document): void {
  const bytes = BSON.calculateObjectSize(document, { ignoreUndefined: true });
  if (bytes <= mostBytes) return;
  const mebibytes = (bytes / 1024 / 1024).toFixed(1);
  throw new PermanentError(
    `MongoDB cannot keep ${what}: it takes ${mebibytes} MiB, and 16 MiB is the most for one document.`,
    { code: 'mongo.too-large', hint: 'Split the writing into several documents, or leave it out.' },
  );
}
