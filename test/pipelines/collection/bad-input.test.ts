import { open } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { openWorkplace } from './workplace.ts';

describe('bad input', () => {
  it('is reported item by item with the reason, and never stops the rest', async () => {
    await using place = await openWorkplace();
    await place.write('binary.md', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 13, 1, 2]));
    await place.write('control.md', Buffer.from('\u0001\u0002\u0003\u0004 text'.repeat(20)));
    await place.write('empty.md', '');
    await place.write('blank.md', ' \n\t\n');
    await place.write('only-front-matter.md', '---\ntitle: x\n---\n');
    await place.write('big5.txt', Buffer.from('a4a4a4e5a4ddb0eaa4e5a4ddb0ea', 'hex'));
    await place.write('no-content.html', '<html><body><script>x()</script></body></html>');
    await place.write('good.md', 'Good.');
    const { byName, events } = await place.collect([place.root]);
    expect(byName).toEqual({
      'binary.md': 'failed text.binary',
      'control.md': 'failed text.binary',
      'empty.md': 'skipped file.empty',
      'blank.md': 'skipped file.empty',
      'only-front-matter.md': 'skipped file.empty',
      'big5.txt': 'failed text.encoding',
      'no-content.html': 'failed page.no-content',
      'good.md': 'created',
    });
    expect(events.at(-1)).toMatchObject({ counts: { failed: 4, skipped: 3, created: 1 } });
  });

  it('is a file over the limit, of which nothing is read', async () => {
    await using place = await openWorkplace();
    const path = await place.write('huge.md', '');
    const file = await open(path, 'r+');
    await file.truncate(200 * 1024 * 1024);
    await file.close();
    await place.write('small.md', 'Small.');
    const before = process.memoryUsage().rss;
    const { byName, items } = await place.collect([place.root]);
    expect(byName).toEqual({ 'huge.md': 'failed file.too-large', 'small.md': 'created' });
    expect(items[0]?.reason?.message).toContain('200 MiB');
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
  });

  it('is a file that cannot be read, whose earlier document stays', async () => {
    await using place = await openWorkplace();
    // A file that even root cannot read from the start.
    const { items } = await place.collect(['/proc/self/mem']);
    expect(items).toMatchObject([{ outcome: 'failed', reason: { code: 'file.unreadable' } }]);
  });

  it('does not cost the document that the file was before', async () => {
    await using place = await openWorkplace();
    await place.write('a.md', 'Text.');
    await place.collect([place.root]);
    await place.write('a.md', new Uint8Array(1000));
    expect((await place.collect([place.root])).byName).toEqual({ 'a.md': 'failed text.binary' });
    expect(await place.documents()).toHaveLength(1);
    await place.write('a.md', '');
    const { items } = await place.collect([place.root]);
    expect(items.map(({ outcome }) => outcome)).toEqual(['skipped', 'vanished']);
  });
});

describe('encodings', () => {
  it('are recognised by mark, declaration, or plausibility', async () => {
    await using place = await openWorkplace();
    const text = 'Ein schöner Tag für Übungen: „Grüße“ und 5 €.';
    const utf16 = Buffer.from(`\ufeff${text}`, 'utf16le');
    await place.write('utf16le.md', utf16);
    await place.write('utf16be.md', Buffer.from(utf16).swap16());
    await place.write('bom.md', `\ufeff${text}`);
    const windows = Buffer.from(
      text.replace('„', '\x84').replace('“', '\x93').replace('€', '\x80'),
      'latin1',
    );
    await place.write('windows.md', windows);
    await place.write('crlf.md', text.replaceAll(' ', '\r\n'));
    const czech = Buffer.concat([
      Buffer.from('<meta charset=iso-8859-2><body><p>P'),
      Buffer.from([0xf8]),
      Buffer.from('íloha</body>', 'latin1'),
    ]);
    await place.write('declared.html', czech);
    await place.collect([place.root]);
    const contents = (await place.documents()).map(({ extras, content }) => [
      extras['path'],
      content,
    ]);
    expect(Object.fromEntries(contents)).toEqual({
      'utf16le.md': text,
      'utf16be.md': text,
      'bom.md': text,
      'windows.md': text,
      'crlf.md': text.replaceAll(' ', '\n'),
      'declared.html': 'Příloha',
    });
  });
});

describe('broken front matter', () => {
  it('is a warning, told until it is mended; the text and the plain fields are taken', async () => {
    await using place = await openWorkplace();
    await place.write('a.md', '---\ntitle: On x: and y\ntags: [a\n\tb: c\n---\nText.');
    for (const outcome of ['created', 'unchanged']) {
      const { items, events } = await place.collect([place.root]);
      expect(items).toMatchObject([
        { outcome, title: 'On x: and y', warnings: [{ code: 'front-matter.broken' }] },
      ]);
      expect(events.at(-1)).toMatchObject({ counts: { warnings: 1, failed: 0 } });
    }
    expect(await place.documents()).toMatchObject([{ content: 'Text.' }]);
    await place.write('a.md', '---\ntitle: "On x: and y"\n---\nText.');
    const { items } = await place.collect([place.root]);
    expect(items).toMatchObject([{ outcome: 'unchanged' }]);
    expect(items[0]?.warnings).toBeUndefined();
  });
});
