import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestTwin, type TestTwin } from '../twin.ts';
import { openScene, type Scene } from './scene.ts';

let twin: TestTwin;
let scene: Scene;
let ports: string;
let undated: string;

beforeAll(async () => {
  twin = await openTestTwin([]);
  ports = await twin.add({
    title: 'Ports',
    link: 'https://blog.example/ports',
    content: '# Ports\n\nThe playground listens on port 4000.',
    publishedAt: '2026-05-05T10:00:00.000Z',
  });
  undated = await twin.add({ title: 'Notes', author: 'Ines Okafor', content: 'Some notes.' });
  scene = await openScene(twin);
});
afterAll(async () => {
  await scene.close();
  await twin.close();
});

const limited = (access: object, scopes: readonly ('read' | 'write')[] = ['read']) =>
  scene.makeKey(scopes, { access });

describe('what the twin answers from', () => {
  test('is counted', async () => {
    const { status, json } = await scene.call('/v1/sources');
    expect(status).toBe(200);
    expect(json).toMatchObject({
      documents: 2,
      sources: [{ name: 'writing', documents: 2 }],
      latest: '2026-05-05T10:00:00.000Z',
    });
    expect(json['authors']).toHaveLength(2);
  });

  test('is counted for a key that is limited as if there were nothing else', async () => {
    const key = await limited({ authors: ['ines-okafor'] });
    const { json, text } = await scene.call('/v1/sources', { key });
    expect(json).toMatchObject({ documents: 1, latest: null });
    expect(text).not.toContain('Mara');
  });
});

describe('a document', () => {
  test('is shown with its content, and its link where it is on the web', async () => {
    const { status, json } = await scene.call(`/v1/documents/${ports}`);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      title: 'Ports',
      author: { id: 'mara-lindqvist', name: 'Mara Lindqvist' },
      link: 'https://blog.example/ports',
      revision: 1,
      content: '# Ports\n\nThe playground listens on port 4000.',
    });
    expect((await scene.call(`/v1/documents/${undated}`)).json['link']).toBeNull();
  });

  test.each([
    ['another source', { sources: ['elsewhere'] }, false],
    ['its source', { sources: ['writing'] }, true],
    ['another author', { authors: ['ines-okafor'] }, false],
    ['its author', { authors: ['mara-lindqvist'] }, true],
    ['its day', { since: '2026-05-05' }, true],
    ['its moment', { since: '2026-05-05T12:00:00+02:00' }, true],
    ['a later moment', { since: '2026-05-05T12:00:01+02:00' }, false],
    ['no date that there is', { since: 'spring' }, false],
    ['nothing at all', { sources: [] }, false],
  ])('is there for a key that is limited to %s only if it passes', async (_, access, seen) => {
    const key = await limited(access);
    const { status, json } = await scene.call(`/v1/documents/${ports}`, { key });
    expect(status).toBe(seen ? 200 : 404);
    if (!seen) {
      const unknown = await scene.call(`/v1/documents/${crypto.randomUUID()}`);
      expect({ ...json, instance: '', requestId: '' }).toEqual({
        ...unknown.json,
        instance: '',
        requestId: '',
      });
    }
  });

  test('without a date is not there for who sees only what came since', async () => {
    const key = await limited({ since: '1970-01-01' });
    expect((await scene.call(`/v1/documents/${undated}`, { key })).status).toBe(404);
  });

  test('is named by an id that can be one', async () => {
    const { json } = await scene.call('/v1/documents/everything');
    expect(json).toMatchObject({ status: 400, code: 'request.invalid' });
  });
});

describe('pushing a document', () => {
  const article = {
    content: '# Kites\n\nA kite needs wind.',
    author: 'Mara Lindqvist',
    source: 'letters',
    key: 'kites',
  };
  const push = (body: object, key = scene.everything) => scene.call('/v1/documents', { body, key });

  test('takes it in once, tells when nothing changed, and says where it is', async () => {
    const first = await push(article);
    expect(first.status).toBe(201);
    expect(first.json).toMatchObject({ revision: 1, changed: true });
    const location = first.headers.get('location');
    expect(location).toBe(`/v1/documents/${first.json['id']}`);
    const same = await push(article);
    expect(same.status).toBe(200);
    expect(same.json).toEqual({ ...first.json, changed: false });
    const changed = await push({ ...article, content: 'A kite needs wind and a string.' });
    expect(changed.status).toBe(200);
    expect(changed.json).toMatchObject({ id: first.json['id'], revision: 2, changed: true });
    const { json } = await scene.call(String(location));
    expect(json).toMatchObject({ source: 'letters', content: 'A kite needs wind and a string.' });
  });

  test.each([
    ['no name', { key: undefined }],
    ['two names', { link: 'https://a.example/' }],
    ['no content', { content: '' }],
    ['a link to this machine', { key: undefined, link: 'file:///etc/passwd' }],
    ['a date that is none', { publishedAt: 'spring' }],
    ['a field that is not known', { colour: 'blue' }],
  ])('with %s is refused', async (_, change) => {
    const { status, json } = await push({ ...article, ...change });
    expect({ status, code: json['code'] }).toEqual({ status: 400, code: 'request.invalid' });
  });

  test('that cannot be made a document is refused with the reason', async () => {
    const { status, json } = await push({ ...article, author: 'https://a.example' });
    expect(status).toBe(422);
    expect(json).toMatchObject({
      code: 'document.invalid',
      detail: expect.stringContaining('name'),
    });
  });

  test('that was forgotten is not taken back', async () => {
    const { json } = await push({ ...article, key: 'gone' });
    await twin.warehouse.forget([String(json['id'])]);
    expect((await push({ ...article, key: 'gone' })).json).toMatchObject({
      status: 409,
      code: 'document.forgotten',
    });
  });

  test('a limited key writes only where it reads', async () => {
    const key = await limited({ sources: ['letters'], authors: ['mara-lindqvist'] }, ['write']);
    const code = async (change: object) => {
      const { json, status } = await push({ ...article, ...change }, key);
      return json['code'] ?? status;
    };
    expect(await code({})).toBe(200);
    expect(await code({ source: 'blog' })).toBe('document.source-out-of-reach');
    expect(await code({ author: 'Ines Okafor' })).toBe('document.author-out-of-reach');
    // It stands in another source: pushed with this link it would be written over.
    const taken = { key: undefined, link: 'https://blog.example/ports' };
    expect(await code(taken)).toBe('document.link-out-of-reach');
    expect((await twin.warehouse.get(ports))?.source).toBe('writing');
  });

  test('larger than a shelf is refused', async () => {
    const { status } = await push({ ...article, content: 'x'.repeat(2_000_001) });
    expect(status).toBe(400);
    expect((await push({ ...article, content: 'x'.repeat(14_000_000) })).status).toBe(413);
  });
});

test('every form of these was held to the OpenAPI document', () => {
  expect([...scene.checked]).toEqual(
    expect.arrayContaining([
      'listSources 200 application/json',
      'getDocument 200 application/json',
      'getDocument 404 application/problem+json',
      'pushDocument 200 application/json',
      'pushDocument 201 application/json',
      'pushDocument 409 application/problem+json',
    ]),
  );
});
