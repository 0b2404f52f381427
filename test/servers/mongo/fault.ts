import type { BSON } from 'mongodb';

/** What the server says instead of an answer. */
export class MongoFault extends Error {
  readonly code: number;
  readonly codeName: string;
  readonly labels: readonly string[];

  constructor(code: number, codeName: string, message: string, labels: readonly string[] = []) {
    super(message);
    this.code = code;
    this.codeName = codeName;
    this.labels = labels;
  }
}

export function faultReply(fault: MongoFault): BSON.Document {
  return {
    ok: 0,
    errmsg: fault.message,
    code: fault.code,
    codeName: fault.codeName,
    ...(fault.labels.length > 0 && { errorLabels: [...fault.labels] }),
  };
}

/** https://github.com/mongodb/specifications/blob/master/source/change-streams/change-streams.md */
export const historyLost = () =>
  new MongoFault(
    286,
    'ChangeStreamHistoryLost',
    'Resume of change stream was not possible, as the resume point may no longer be in the oplog.',
    ['NonResumableChangeStreamError'],
  );
export const invalidToken = () =>
  new MongoFault(260, 'InvalidResumeToken', 'Attempting to resume with what is no token of mine.');
export const notPrimary = () =>
  new MongoFault(10_107, 'NotWritablePrimary', 'not primary', [
    'RetryableWriteError',
    'ResumableChangeStreamError',
  ]);
