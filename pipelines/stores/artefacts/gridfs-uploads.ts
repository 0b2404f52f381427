import { type Collection, ObjectId } from 'mongodb';
import { TransientError } from '../errors.ts';

/** That a file is being put or removed, noted before the first step: a kill leaves no bytes that nobody knows of. */
export type UploadNote = {
  readonly _id: ObjectId;
  /** When it was last heard of. */
  readonly aliveAt: Date;
  /** It will not be finished any more. */
  readonly abandoned: boolean;
};

export type Uploads = {
  /** The id of a file that is put from now on. */
  begin(): Promise<ObjectId>;
  /** Says that the file is still being put. @throws TransientError `artefact.abandoned` when it was swept. */
  renew(file: ObjectId): Promise<void>;
  /** The file is complete and described. @throws TransientError `artefact.abandoned` when it was swept. */
  complete(file: ObjectId): Promise<void>;
  /** Whatever is left of the file, now or later, is for `sweep`. */
  abandon(file: ObjectId): Promise<void>;
  /** Nothing is left of the file. */
  forget(file: ObjectId): Promise<void>;
  /** Hands the files to `remove` that have not been heard of for so many milliseconds. */
  sweep(silentForMs: number, remove: (file: ObjectId) => Promise<void>): Promise<void>;
};

export function trackUploads(notes: Collection<UploadNote>, now: () => number): Uploads {
  const moment = () => new Date(now());
  const forget = async (_id: ObjectId) => {
    await notes.deleteOne({ _id });
  };
  return {
    async begin() {
      const _id = new ObjectId();
      await notes.insertOne({ _id, aliveAt: moment(), abandoned: false });
      return _id;
    },
    async renew(_id) {
      const alive = { $set: { aliveAt: moment() } };
      const { matchedCount } = await notes.updateOne({ _id, abandoned: false }, alive);
      if (matchedCount === 0) throw swept();
    },
    async complete(_id) {
      const { deletedCount } = await notes.deleteOne({ _id, abandoned: false });
      if (deletedCount === 0) throw swept();
    },
    async abandon(_id) {
      const given = { $set: { aliveAt: moment(), abandoned: true } };
      await notes.updateOne({ _id }, given, { upsert: true });
    },
    forget,
    async sweep(silentForMs, remove) {
      const before = new Date(now() - silentForMs);
      for await (const { _id, aliveAt } of notes.find({ aliveAt: { $lt: before } })) {
        // Whoever puts it is stopped first, unless it has just been heard of again.
        const taken = await notes.updateOne({ _id, aliveAt }, { $set: { abandoned: true } });
        if (taken.matchedCount === 0) continue;
        await remove(_id);
        await forget(_id);
      }
    },
  };
}

const sweptCode = 'artefact.abandoned';

const swept = () =>
  new TransientError('The file took so long that what was there of it has been removed.', {
    code: sweptCode,
    hint: 'Put it again.',
  });

export const isSwept = (error: unknown) =>
  error instanceof TransientError && error.code === sweptCode;
