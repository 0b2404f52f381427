import { type Collection, GridFSBucket, ObjectId } from 'mongodb';
import { z } from 'zod';
import { prepareCollection } from '../mongo/collection.ts';
import type { Mongo } from '../mongo/connection.ts';
import { trackUploads, type UploadNote, type Uploads } from './gridfs-uploads.ts';
import type { Artefact } from './port.ts';

/** What makes an artefact of a file: where it is missing, there is no artefact. */
export const describedSchema = z.object({
  /** sha256 of the bytes. */
  _id: z.string(),
  bytes: z.number(),
  name: z.string(),
  mediaType: z.string(),
  file: z.instanceof(ObjectId),
});
export type Described = z.infer<typeof describedSchema>;

/** Where the files, their descriptions and the notes of who puts one are kept. */
export type Shelf = {
  readonly bucket: GridFSBucket;
  readonly described: Collection<Described>;
  readonly uploads: Uploads;
  /** Removes all chunks there are of a file, finished or not. */
  removeFile(file: ObjectId): Promise<void>;
};

const bucketName = 'artefact_files';

export async function openShelf(mongo: Mongo, now: () => number): Promise<Shelf> {
  const described = await prepareCollection<Described>(mongo, {
    name: 'artefacts',
    indexes: [{ name: 'by_file', key: { file: 1 } }],
  });
  const notes = await prepareCollection<UploadNote>(mongo, {
    name: 'artefact_uploads',
    indexes: [{ name: 'by_sign_of_life', key: { aliveAt: 1 } }],
  });
  return {
    bucket: new GridFSBucket(mongo.db, { bucketName }),
    described,
    uploads: trackUploads(notes, now),
    async removeFile(file) {
      await mongo.db.collection(`${bucketName}.files`).deleteOne({ _id: file });
      await mongo.db.collection(`${bucketName}.chunks`).deleteMany({ files_id: file });
    },
  };
}

export const artefactOf = ({ _id, bytes, name, mediaType }: Described): Artefact => ({
  sha256: _id,
  bytes,
  name,
  mediaType,
});
