import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pushDocument } from '../../../pipelines/collection/push.ts';
import { PermanentError } from '../../../pipelines/stores/errors.ts';
import { type EmbeddedStores, openEmbedded } from '../../../pipelines/stores/open.ts';
import { temporaryHome } from '../stores/temporary.ts';

const post = {
  content: '# On tea\n\nGreen tea turns bitter above eighty degrees.',
  author: 'Ada Quill',
  source: 'notes',
  key: 'on tea/1',
  publishedAt: '2026-03-02T10:00:00+02:00',
};

describe('a pushed document', () => {
  let folder: ReturnType<typeof temporaryHome>;
  let stores: EmbeddedStores;
  let warehouse: EmbeddedStores['warehouse'];
  beforeEach(() => {
    folder = temporaryHome();
    stores = openEmbedded(folder.home);
    ({ warehouse } = stores);
  });
  afterEach(async () => {
    await stores.close();
    folder.close();
  });

  test('is stored once, and anew only when it changed', async () => {
    const first = await pushDocument(post, warehouse);
    expect(first).toMatchObject({ outcome: 'created', revision: 1 });
    expect(await pushDocument(post, warehouse)).toMatchObject({
      id: first.id,
      outcome: 'unchanged',
    });
    const edited = { ...post, content: `${post.content}\n\nI let the kettle cool.` };
    expect(await pushDocument(edited, warehouse)).toMatchObject({
      id: first.id,
      outcome: 'changed',
      revision: 2,
    });
    expect(await warehouse.get(first.id)).toMatchObject({
      title: 'On tea',
      kind: 'note',
      platform: 'push',
      origin: 'push:notes',
      author: { id: 'ada-quill', name: 'Ada Quill' },
      link: 'urn:understudy:notes:on%20tea%2F1',
      publishedAt: '2026-03-02T08:00:00.000Z',
    });
  });

  test('is the document that was collected under the same link', async () => {
    const { key: _, ...linked } = { ...post, link: 'https://ada.example/tea' };
    const { id } = await pushDocument(linked, warehouse);
    expect((await warehouse.get(id))?.link).toBe('https://ada.example/tea');
  });

  test('stays forgotten', async () => {
    const { id } = await pushDocument(post, warehouse);
    await warehouse.forget([id]);
    expect(await pushDocument(post, warehouse)).toMatchObject({ outcome: 'refused' });
  });

  test.each([
    ['no text', { content: ' \n ' }, 'no text'],
    ['an address for an author', { author: 'https://ada.example' }, 'not a person’s name'],
    ['a source that is none', { source: '' }, 'source'],
  ])('is refused with %s', async (_, change, message) => {
    const pushing = pushDocument({ ...post, ...change }, warehouse);
    await expect(pushing).rejects.toThrow(PermanentError);
    await expect(pushing).rejects.toThrow(message);
  });

  test('needs a link or a key to be known by', async () => {
    const { key: _, ...nameless } = post;
    await expect(pushDocument(nameless, warehouse)).rejects.toThrow('Neither a link nor a key');
  });
});
