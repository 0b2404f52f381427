import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../identity.ts';
import { address, artefactSchema, corruptArtefact, unknownArtefact } from './artefact.ts';
import type { Artefact, ArtefactStore } from './port.ts';

/**
 * Artefacts as files: `<folder>/<first two digits>/<sha256>`, with a `.json` beside each that says what
 * it is called. Both appear by renaming a finished, flushed file, the description last: an artefact
 * exists when its description does.
 */
export function openArtefactDirectory(folder: string): ArtefactStore {
  const pathOf = (sha: string) => join(folder, sha.slice(0, 2), sha);

  const statOf = async (sha: string): Promise<Artefact | undefined> => {
    if (!address.test(sha)) return undefined;
    const description = await readIfThere(`${pathOf(sha)}.json`);
    return description && artefactSchema.parse(JSON.parse(description.toString('utf8')));
  };

  return {
    async put(content, { name, mediaType }) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const temporary = join(folder, `incoming-${randomUUID()}`);
      try {
        const written = await writeFlushed(temporary, content);
        const known = await statOf(written.sha256);
        // The bytes are written anew even so: whatever happened to the old ones is mended.
        const artefact = known ?? { ...written, name, mediaType };
        const path = pathOf(artefact.sha256);
        await mkdir(join(folder, artefact.sha256.slice(0, 2)), { recursive: true, mode: 0o700 });
        await rename(temporary, path);
        if (!known) {
          const description = `${temporary}.json`;
          await writeFlushed(description, Buffer.from(JSON.stringify(artefact)));
          await rename(description, `${path}.json`);
        }
        return artefact;
      } finally {
        await rm(temporary, { force: true });
        await rm(`${temporary}.json`, { force: true });
      }
    },

    async read(sha) {
      const known = await statOf(sha);
      const content = known && (await readIfThere(pathOf(sha)));
      if (!content) throw unknownArtefact(sha);
      if (sha256(content) === sha) return content;
      throw corruptArtefact(known);
    },

    stat: statOf,

    async *list() {
      for (const shelf of await entries(folder)) {
        if (!/^[0-9a-f]{2}$/.test(shelf)) continue;
        for (const name of await entries(join(folder, shelf))) {
          const artefact = await statOf(name);
          if (artefact) yield artefact;
        }
      }
    },

    async remove(sha) {
      if (!address.test(sha)) return;
      // The description first: without it the artefact is gone for every reader.
      await rm(`${pathOf(sha)}.json`, { force: true });
      await rm(pathOf(sha), { force: true });
    },
  };
}

async function writeFlushed(
  path: string,
  content: AsyncIterable<Uint8Array> | Uint8Array,
): Promise<{ readonly sha256: string; readonly bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  const file: FileHandle = await open(path, 'wx', 0o600);
  try {
    for await (const part of content instanceof Uint8Array ? [content] : content) {
      hash.update(part);
      bytes += part.byteLength;
      await file.writeFile(part);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { sha256: hash.digest('hex'), bytes };
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function entries(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

const isMissing = (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';
