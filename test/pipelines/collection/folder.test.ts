import { chmod, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collect } from '../../../pipelines/collection/collect.ts';
import { documentId } from '../../../pipelines/stores/identity.ts';
import { openWorkplace } from './workplace.ts';

const isRoot = process.getuid?.() === 0;

describe('what a folder becomes', () => {
  it('takes Markdown, MDX, HTML and plain text, and nothing else', async () => {
    await using place = await openWorkplace();
    await place.write('essays/naming.md', '# Naming\n\nText.\n');
    await place.write('a.mdx', 'import X from "x"\n\n# Hello\n\n<X a={1}>**bold** child</X>\n');
    await place.write('b.html', '<body><h1>Page</h1><p>Short.</p><script>alert(1)</script></body>');
    await place.write('2023-02-03-plain-words.txt', 'Just words.\n');
    await place.write('code.js', 'let a;');
    const { byName } = await place.collect([place.root]);
    expect(byName).toEqual({
      'naming.md': 'created',
      'a.mdx': 'created',
      'b.html': 'created',
      '2023-02-03-plain-words.txt': 'created',
    });
    const documents = await place.documents();
    const titled = Object.fromEntries(documents.map((document) => [document.title, document]));
    expect(titled['Hello']?.content).toBe('# Hello\n\n**bold** child');
    expect(titled['Page']?.content).toBe('# Page\n\nShort.');
    expect(titled['Plain words']?.publishedAt).toBe('2023-02-03T00:00:00.000Z');
    expect(titled['Naming']).toMatchObject({
      kind: 'note',
      platform: 'folder',
      source: 'writing',
      author: { id: 'writing', name: 'writing' },
      origin: place.root,
      link: pathToFileURL(join(place.root, 'essays/naming.md')).href,
      publishedAt: null,
      extras: { path: 'essays/naming.md' },
    });
  });

  it('believes the front matter, and keeps it out of the content', async () => {
    await using place = await openWorkplace();
    await place.write(
      'naming.md',
      `---
title: On naming
author: [{id: ines, name: Ines Okafor}, Mara]
date: 2024-05-01 10:00 +0200
type: post
tags: words, naming
lang: en-GB
source: The blog
canonical: https://ines.example/naming?utm_source=x#top
---

# Another heading

Text.
`,
    );
    await place.collect([place.root]);
    const [document] = await place.documents();
    expect(document).toMatchObject({
      id: documentId('https://ines.example/naming'),
      title: 'On naming',
      author: { id: 'ines', name: 'Ines Okafor' },
      publishedAt: '2024-05-01T08:00:00.000Z',
      kind: 'post',
      language: 'en',
      source: 'The blog',
      link: 'https://ines.example/naming',
      content: '# Another heading\n\nText.',
      extras: { tags: ['words', 'naming'], otherAuthors: [{ id: 'mara', name: 'Mara' }] },
    });
  });

  it('names the given author where a text names none', async () => {
    await using place = await openWorkplace();
    await place.write('posts/a.md', 'Words.');
    await place.collect([place.root], { defaultAuthor: 'Ada Lovelace' });
    const [document] = await place.documents();
    expect(document).toMatchObject({ author: { id: 'ada-lovelace' }, kind: 'post' });
  });

  it('tells the language of longer texts, and says nothing about short ones', async () => {
    await using place = await openWorkplace();
    const german =
      'Der Hund lief über die Straße und fing den Ball, bevor er nach Hause ging und sich hinlegte. ';
    await place.write('de.md', german.repeat(4));
    await place.write('short.md', 'Der Hund.');
    await place.collect([place.root]);
    const languages = (await place.documents()).map(({ title, language }) => [title, language]);
    expect(Object.fromEntries(languages)).toEqual({ De: 'de', Short: null });
  });

  it('reads a single file, whatever its name', async () => {
    await using place = await openWorkplace();
    const file = await place.write('NOTES', 'Some notes.');
    await place.write('other.md', 'Not asked for.');
    const { events } = await place.collect([file]);
    expect(events.at(-1)).toMatchObject({ type: 'finished', counts: { created: 1 } });
  });
});

describe('what a folder leaves out', () => {
  it('is what git ignores, by the ignore files of every level', async () => {
    await using place = await openWorkplace();
    await place.write('.gitignore', '*.draft.md\n/build/\nlogs/*\n!logs/keep.md\n');
    await place.write('a.draft.md', 'no');
    await place.write('sub/.gitignore', '!b.draft.md\nsecret.md\n');
    await place.write('sub/b.draft.md', 'yes');
    await place.write('sub/secret.md', 'no');
    await place.write('secret.md', 'yes');
    await place.write('build/out.md', 'no');
    await place.write('sub/build/out.md', 'yes');
    await place.write('logs/x.md', 'no');
    await place.write('logs/keep.md', 'yes');
    const { items } = await place.collect([place.root]);
    const names = items.map(({ link }) => link.slice(pathToFileURL(place.root).href.length + 1));
    expect(names.sort()).toEqual([
      'logs/keep.md',
      'secret.md',
      'sub/b.draft.md',
      'sub/build/out.md',
    ]);
  });

  it('is what the repository around it ignores, unless the folder itself is ignored', async () => {
    await using place = await openWorkplace();
    await place.write('.git/HEAD', '');
    await place.write('.gitignore', '*.draft.md\nvendor/\n');
    await place.write('docs/a.draft.md', 'no');
    await place.write('docs/a.md', 'yes');
    await place.write('vendor/lib/b.draft.md', 'yes: it was named');
    const docs = await place.collect([join(place.root, 'docs')]);
    expect(docs.byName).toEqual({ 'a.md': 'created' });
    const vendor = await place.collect([join(place.root, 'vendor')]);
    expect(vendor.byName).toEqual({ 'b.draft.md': 'created' });
  });

  it('is hidden files and node_modules, unless a person named them', async () => {
    await using place = await openWorkplace();
    await place.write('.hidden/a.md', 'no');
    await place.write('node_modules/x/README.md', 'no, and yes');
    await place.write('node_modules/x/node_modules/y/README.md', 'no');
    expect((await place.collect([place.root])).items).toEqual([]);
    const named = await place.collect([join(place.root, 'node_modules/x')]);
    expect(named.items.map(({ outcome }) => outcome)).toEqual(['created']);
  });

  it('is what lies behind symbolic links: out of the folder is said, loops end', async () => {
    await using place = await openWorkplace();
    await place.write('inside/a.md', 'A.');
    await writeFile(join(place.root, '../outside.md'), 'secret');
    await symlink(join(place.root, '../outside.md'), join(place.root, 'out.md'));
    await symlink('..', join(place.root, 'inside/loop'));
    await symlink('nowhere', join(place.root, 'dangling.md'));
    const { byName } = await place.collect([place.root]);
    expect(byName).toEqual({ 'a.md': 'created', 'out.md': 'skipped file.link-outside' });
  });
});

describe('collecting a folder again', () => {
  it('changes nothing', async () => {
    await using place = await openWorkplace();
    for (const name of ['a', 'b', 'c']) await place.write(`${name}.md`, `Text of ${name}.`);
    await place.collect([place.root]);
    const version = await place.warehouse.version();
    const { events } = await place.collect([`${place.root}/`, `${place.root}/./`]);
    expect(events.at(-1)).toMatchObject({
      type: 'finished',
      origins: 1,
      counts: { created: 0, changed: 0, unchanged: 3, vanished: 0 },
    });
    expect(await place.warehouse.version()).toBe(version);
  });

  it('raises the revision of a changed file by one, and of that only', async () => {
    await using place = await openWorkplace();
    await place.write('a.md', 'Text.');
    await place.write('b.md', 'Text.');
    await place.collect([place.root]);
    await place.write('a.md', 'Text, changed.');
    const { byName } = await place.collect([place.root]);
    expect(byName).toEqual({ 'a.md': 'changed', 'b.md': 'unchanged' });
    const revisions = (await place.documents()).map(({ title, revision }) => [title, revision]);
    expect(Object.fromEntries(revisions)).toEqual({ A: 2, B: 1 });
  });

  it('makes a tombstone of a vanished file, whose revisions go on when it returns', async () => {
    await using place = await openWorkplace();
    const file = await place.write('a.md', 'Text.');
    await place.write('b.md', 'Text.');
    await place.collect([place.root]);
    await rename(file, `${file}.away`);
    const gone = await place.collect([place.root]);
    expect(gone.byName).toEqual({ 'a.md': 'vanished', 'b.md': 'unchanged' });
    expect(await place.collect([place.root])).toMatchObject({ byName: { 'b.md': 'unchanged' } });
    // The very same file, by size, time and inode.
    await rename(`${file}.away`, file);
    await place.collect([place.root]);
    const returned = (await place.documents()).find(({ title }) => title === 'A');
    expect(returned).toMatchObject({ revision: 3, content: 'Text.' });
  });

  it('makes no tombstones when the folder is not there, or the run was stopped', async () => {
    await using place = await openWorkplace();
    for (let i = 0; i < 20; i += 1) await place.write(`${i}.md`, `Text ${i}.`);
    await place.collect([place.root]);

    await rename(place.root, `${place.root}-away`);
    const missing = await place.collect([place.root]);
    expect(missing.items).toMatchObject([
      { outcome: 'failed', reason: { code: 'folder.unreadable' } },
    ]);
    await rename(`${place.root}-away`, place.root);

    const stop = new AbortController();
    const options = { signal: stop.signal };
    for await (const event of collect([place.root], { warehouse: place.warehouse }, options)) {
      if (event.type === 'item') stop.abort();
      if (event.type === 'finished') expect(event.aborted).toBe(true);
    }
    expect(await place.documents()).toHaveLength(20);
  });

  it('takes a single file that was removed for vanished', async () => {
    await using place = await openWorkplace();
    const file = await place.write('a.md', 'Text.');
    await place.collect([file]);
    await rm(file);
    expect((await place.collect([file])).byName).toEqual({ 'a.md': 'vanished' });
  });

  it('does not bring back what was forgotten', async () => {
    await using place = await openWorkplace();
    await place.write('a.md', 'Text.');
    await place.collect([place.root]);
    const [document] = await place.documents();
    await place.warehouse.forget([document?.id ?? '']);
    expect((await place.collect([place.root])).byName).toEqual({
      'a.md': 'refused document.forgotten',
    });
    await place.warehouse.remember([document?.id ?? '']);
    expect((await place.collect([place.root])).byName).toEqual({ 'a.md': 'created' });
  });

  it.skipIf(isRoot)('keeps the documents of a folder below that cannot be read', async () => {
    await using place = await openWorkplace();
    await place.write('sub/a.md', 'Text.');
    await place.collect([place.root]);
    await chmod(join(place.root, 'sub'), 0);
    const { byName } = await place.collect([place.root]);
    await chmod(join(place.root, 'sub'), 0o755);
    expect(byName).toEqual({ sub: 'failed folder.unreadable' });
    expect(await place.documents()).toHaveLength(1);
  });

  it('remembers the origin with its counts, but not one that was misspelled', async () => {
    await using place = await openWorkplace();
    await place.write('a.md', 'Text.');
    await mkdir(join(place.root, 'empty'));
    await place.collect([place.root, join(place.root, 'nowhere'), join(place.root, 'empty')]);
    const origins = await place.warehouse.origins();
    expect(origins.map(({ link }) => link).sort()).toEqual([place.root, join(place.root, 'empty')]);
    expect(origins.find(({ link }) => link === place.root)).toMatchObject({
      crawler: 'folder',
      lastOutcome: { created: 1, failed: 0 },
    });
  });
});

describe('a link that nobody understands', () => {
  it.each(['ftp://example.org/x', 'nosuchword', 'mailto:a@b.example', 'javascript:alert(1)'])(
    '%s is a failed item that says what is understood, and the rest goes on',
    async (link) => {
      await using place = await openWorkplace();
      await place.write('a.md', 'Text.');
      const { items } = await place.collect([link, place.root]);
      expect(items).toMatchObject([
        {
          outcome: 'failed',
          link,
          reason: {
            code: 'link.not-understood',
            message: expect.stringMatching(/folder.*feed.*page/),
          },
        },
        { outcome: 'created' },
      ]);
    },
  );
});

describe('odd names', () => {
  it('are collected whatever they are, each once', async () => {
    const name = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
      .map((text) => text.replaceAll(/[/\0]/g, '').replace(/^\.+/, ''))
      .filter((text) => text !== '' && text !== 'node_modules' && Buffer.byteLength(text) < 240);
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(name, { minLength: 1, maxLength: 8 }), async (names) => {
        await using place = await openWorkplace();
        for (const each of names) await place.write(`${each}.md`, `Text of ${each}.`);
        const { events } = await place.collect([place.root]);
        expect(events.at(-1)).toMatchObject({ counts: { created: names.length, failed: 0 } });
        const again = await place.collect([place.root]);
        expect(again.events.at(-1)).toMatchObject({ counts: { unchanged: names.length } });
      }),
      { numRuns: 40 },
    );
  });
});
