import {
  MongoError,
  MongoErrorLabel,
  MongoNetworkError,
  MongoNotConnectedError,
  MongoOperationTimeoutError,
  MongoServerClosedError,
  MongoServerError,
  MongoSystemError,
  MongoTopologyClosedError,
} from 'mongodb';
import { PermanentError, TransientError } from '../errors.ts';

/** https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml */
const duplicateKey = 11_000;
const refused = new Set([13, 18, 31, 33, 8_000]);
/** BSONObjectTooLarge, and what an update says whose result would be. */
const tooLarge = new Set([10_334, 17_419, 17_420]);
const outOfDisk = 14_031;
const failedValidation = 121;
/** Elections, shutdowns, time limits, conflicts: the same command may well succeed later. */
const passing = new Set([
  6, 7, 24, 46, 50, 64, 89, 91, 112, 134, 189, 202, 225, 234, 244, 251, 262, 9_001, 10_107, 11_600,
  11_602, 13_388, 13_435, 13_436,
]);

/** Whether an error says that a unique key (`_id` among them) is taken. */
export function isDuplicate(error: unknown): boolean {
  return error instanceof MongoError && error.code === duplicateKey;
}

/**
 * Runs one piece of work on MongoDB and translates what the driver throws into our two kinds of failure; what is no
 * failure of MongoDB's passes through. `what` completes the sentence "MongoDB could not …".
 *
 * @throws TransientError `mongo.unreachable` | `mongo.busy`
 * @throws PermanentError `mongo.refused` | `mongo.too-large` | `mongo.full` | `mongo.invalid` | `mongo.failed`
 */
export async function attempt<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw mongoFailure(what, error);
  }
}

/** Translates one error; `attempt` for streams, which have no one promise. */
export function mongoFailure(what: string, error: unknown): unknown {
  if (isTooLarge(error)) {
    return new PermanentError(`MongoDB could not ${what}: it is larger than 16 MiB.`, {
      code: 'mongo.too-large',
      hint: 'MongoDB keeps no document above 16 MiB: split the writing, or leave it out.',
      cause: error,
    });
  }
  if (!(error instanceof MongoError)) return error;
  const said = `MongoDB could not ${what}: ${error.message}`;
  if (isUnreachable(error)) {
    return new TransientError(said, {
      code: 'mongo.unreachable',
      hint: 'Check that MongoDB runs and that MONGODB_URL names it; `understudy doctor` tries it.',
      cause: error,
      retryAfterMs: 1_000,
    });
  }
  const code = typeof error.code === 'number' ? error.code : undefined;
  if (isPassing(error, code)) {
    return new TransientError(said, { code: 'mongo.busy', cause: error, retryAfterMs: 500 });
  }
  return new PermanentError(said, { ...permanently(code), cause: error });
}

function permanently(code: number | undefined): { readonly code: string; readonly hint: string } {
  if (code !== undefined && refused.has(code)) {
    return {
      code: 'mongo.refused',
      hint: 'Check user, password and authSource in MONGODB_URL; the user needs the roles readWrite and dbAdmin.',
    };
  }
  if (code === outOfDisk) {
    return { code: 'mongo.full', hint: "Free some space on MongoDB's disk, then try again." };
  }
  if (code === failedValidation) {
    return {
      code: 'mongo.invalid',
      hint: "The collection's schema refused the document: is another version of Understudy at work?",
    };
  }
  return { code: 'mongo.failed', hint: 'See what MongoDB said; `understudy doctor` tries it.' };
}

function isUnreachable(error: MongoError): boolean {
  return (
    error instanceof MongoNetworkError ||
    error instanceof MongoSystemError ||
    error instanceof MongoNotConnectedError ||
    error instanceof MongoServerClosedError ||
    error instanceof MongoTopologyClosedError ||
    error instanceof MongoOperationTimeoutError ||
    error.name === 'MongoWaitQueueTimeoutError' ||
    error.name === 'MongoClientClosedError'
  );
}

function isPassing(error: MongoError, code: number | undefined): boolean {
  // Whatever the driver labels it: nobody is let in by trying again.
  if (code !== undefined && refused.has(code)) return false;
  return (
    (code !== undefined && passing.has(code)) ||
    error.hasErrorLabel(MongoErrorLabel.RetryableWriteError) ||
    error.hasErrorLabel(MongoErrorLabel.TransientTransactionError) ||
    error.hasErrorLabel(MongoErrorLabel.SystemOverloadedError)
  );
}

/** The driver refuses some by itself, as arguments or while it writes them down. */
function isTooLarge(error: unknown): boolean {
  if (error instanceof MongoServerError) {
    return typeof error.code === 'number' && tooLarge.has(error.code);
  }
  if (error instanceof RangeError) {
    return 'code' in error && error.code === 'ERR_OUT_OF_RANGE';
  }
  return (
    error instanceof MongoError && /larger than the maximum|exceeds maximum/iu.test(error.message)
  );
}
