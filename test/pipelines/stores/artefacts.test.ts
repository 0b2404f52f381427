import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openArtefactDirectory } from '../../../pipelines/stores/artefacts/directory.ts';
import { describeArtefacts } from '../../conformance/artefacts.ts';
import { temporaryHome } from './temporary.ts';

describeArtefacts('a directory', async () => {
  const place = temporaryHome();
  const folder = join(place.home, 'artefacts');
  return {
    store: openArtefactDirectory(folder),
    other: openArtefactDirectory(folder),
    async damage(sha256) {
      const path = join(folder, sha256.slice(0, 2), sha256);
      const bytes = await readFile(path);
      bytes.writeUInt8(bytes.readUInt8(0) ^ 1, 0);
      await writeFile(path, bytes);
    },
    close: async () => place.close(),
  };
});

test('no half-written file stays behind in the directory', async () => {
  const place = temporaryHome();
  const folder = join(place.home, 'artefacts');
  const store = openArtefactDirectory(folder);
  const broken = (async function* () {
    yield Buffer.from('half');
    throw new Error('broken');
  })();
  await expect(store.put(broken, { name: 'x', mediaType: 'text/plain' })).rejects.toThrow('broken');
  expect(await readdir(folder)).toEqual([]);
  place.close();
});
