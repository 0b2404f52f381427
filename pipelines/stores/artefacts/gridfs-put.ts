import type { ObjectId } from 'mongodb';
import { isDuplicate } from '../mongo/failure.ts';
import { artefactOf, type Described, describedSchema, type Shelf } from './gridfs-shelf.ts';
import { type Content, upload } from './gridfs-transfer.ts';
import { isSwept } from './gridfs-uploads.ts';
import type { Artefact } from './port.ts';

/** Writes a file and describes it, unless its bytes are described already: then nothing of it is left. */
export async function putFile(
  shelf: Shelf,
  content: Content,
  about: { readonly name: string; readonly mediaType: string },
  renew: (file: ObjectId) => Promise<void>,
): Promise<Artefact> {
  const { uploads, described, bucket } = shelf;
  const file = await uploads.begin();
  try {
    const written = await upload(bucket, file, content, about.name, () => renew(file));
    const description = { _id: written.sha256, bytes: written.bytes, ...about, file };
    await uploads.renew(file);
    while (!(await describe(shelf, description))) {
      const known = await described.findOne({ _id: written.sha256 });
      // Removed at this very moment: described anew.
      if (!known) continue;
      await shelf.removeFile(file);
      await uploads.forget(file);
      return artefactOf(describedSchema.parse(known));
    }
    return artefactOf(description);
  } catch (error) {
    // The note stays, as what was under way may still arrive. Should this fail too, it is swept later.
    await uploads
      .abandon(file)
      .then(() => removeUnlessDescribed(shelf, file))
      .catch(() => undefined);
    throw error;
  }
}

export async function removeUnlessDescribed(shelf: Shelf, file: ObjectId): Promise<void> {
  if (!(await shelf.described.findOne({ file }))) await shelf.removeFile(file);
}

/** False when the address has a description already. */
async function describe({ described, uploads }: Shelf, description: Described): Promise<boolean> {
  try {
    await described.insertOne(description);
  } catch (error) {
    if (isDuplicate(error)) return false;
    throw error;
  }
  try {
    await uploads.complete(description.file);
    return true;
  } catch (error) {
    if (isSwept(error)) await described.deleteOne({ file: description.file });
    throw error;
  }
}
