import { createHash } from 'node:crypto';
import { finished } from 'node:stream/promises';
import { type GridFSBucket, MongoGridFSChunkError, type ObjectId } from 'mongodb';

export type Content = AsyncIterable<Uint8Array> | Uint8Array;

/** GridFS sends all chunks of one write at once: smaller writes keep what is under way small. */
const writeBytes = 1024 * 1024;

/** `renew` is awaited after every write. */
export async function upload(
  bucket: GridFSBucket,
  file: ObjectId,
  content: Content,
  name: string,
  renew: () => Promise<void>,
): Promise<{ readonly sha256: string; readonly bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  const stream = bucket.openUploadStreamWithId(file, name);
  const failed = finished(stream);
  // Awaited at the end; a failure before it ends a write, too.
  failed.catch(() => undefined);
  try {
    for await (const part of slices(content)) {
      hash.update(part);
      bytes += part.byteLength;
      // Not by `pipeline`, which would leave a write under way when the content fails.
      await new Promise<void>((resolve, reject) => {
        stream.write(part, (error) => (error ? reject(error) : resolve()));
      });
      await renew();
    }
    stream.end();
    await failed;
  } finally {
    stream.destroy();
  }
  return { sha256: hash.digest('hex'), bytes };
}

async function* slices(content: Content): AsyncGenerator<Uint8Array> {
  for await (const part of content instanceof Uint8Array ? [content] : content) {
    for (let from = 0; from < part.byteLength; from += writeBytes) {
      yield part.subarray(from, from + writeBytes);
    }
  }
}

/** Undefined when a part of the file is missing. */
export async function download(bucket: GridFSBucket, file: ObjectId): Promise<Buffer | undefined> {
  try {
    return Buffer.concat(await bucket.openDownloadStream(file).toArray());
  } catch (error) {
    const isGone = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (isGone || error instanceof MongoGridFSChunkError) return undefined;
    throw error;
  }
}
