import type { ObjectId } from 'mongodb';
import { sha256 } from '../identity.ts';
import type { Mongo } from '../mongo/connection.ts';
import { attempt, mongoFailure } from '../mongo/failure.ts';
import { address, corruptArtefact, unknownArtefact } from './artefact.ts';
import { putFile, removeUnlessDescribed } from './gridfs-put.ts';
import { artefactOf, type Described, describedSchema, openShelf } from './gridfs-shelf.ts';
import { download } from './gridfs-transfer.ts';
import type { Artefact, ArtefactStore } from './port.ts';

type GridfsOptions = {
  readonly now?: () => number;
  /** After how many milliseconds of silence a put counts as killed; an hour unless told. */
  readonly silentForMs?: number;
};

/**
 * Artefacts in GridFS, for processes of several machines. A file is written under a name of its own, and becomes an
 * artefact by the document that describes it, which comes last and is one per address.
 */
export async function openGridfsArtefacts(
  mongo: Mongo,
  { now = Date.now, silentForMs = 3_600_000 }: GridfsOptions = {},
): Promise<ArtefactStore> {
  const shelf = await openShelf(mongo, now);
  const { bucket, described, uploads } = shelf;

  const find = async (sha: string): Promise<Described | undefined> => {
    if (!address.test(sha)) return undefined;
    const found = await attempt('look for an artefact', () => described.findOne({ _id: sha }));
    return found ? describedSchema.parse(found) : undefined;
  };
  const stat = async (sha: string): Promise<Artefact | undefined> => {
    const found = await find(sha);
    return found && artefactOf(found);
  };
  /** A sign of life a few times in what counts as silence, not after every write. */
  const renewer = () => {
    let renewedAt = now();
    return async (file: ObjectId) => {
      if (now() - renewedAt < silentForMs / 4) return;
      renewedAt = now();
      await uploads.renew(file);
    };
  };

  return {
    async put(content, { name, mediaType }) {
      await attempt('sweep what killed processes left', () =>
        uploads.sweep(silentForMs, (file) => removeUnlessDescribed(shelf, file)),
      );
      const known = content instanceof Uint8Array ? await stat(sha256(content)) : undefined;
      if (known) return known;
      return await attempt('keep an artefact', () =>
        putFile(shelf, content, { name, mediaType }, renewer()),
      );
    },
    async read(sha) {
      for (let known = await find(sha); known; ) {
        const { file } = known;
        const content = await attempt('read an artefact', () => download(bucket, file));
        if (content && sha256(content) === sha) return content;
        const still = await find(sha);
        if (still?.file.equals(file)) throw corruptArtefact(artefactOf(still));
        // Removed, and perhaps put again, while it was read.
        known = still;
      }
      throw unknownArtefact(sha);
    },
    stat,
    async *list() {
      try {
        for await (const each of described.find().sort({ _id: 1 })) {
          yield artefactOf(describedSchema.parse(each));
        }
      } catch (error) {
        throw mongoFailure('list the artefacts', error);
      }
    },
    async remove(sha) {
      const known = await find(sha);
      if (!known) return;
      await attempt('remove an artefact', async () => {
        await uploads.abandon(known.file);
        await described.deleteOne({ _id: sha, file: known.file });
        await shelf.removeFile(known.file);
        await uploads.forget(known.file);
      });
    },
  };
}
