import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { openSqliteEmbeddings } from '../../../pipelines/stores/embeddings/sqlite.ts';
import { openDatabase } from '../../../pipelines/stores/sqlite/database.ts';
import { madeDocuments } from '../../bench/ask/corpus.ts';
import { command, ended, spawnCommand } from './command.ts';

const scratch = () => mkdtempSync(join(tmpdir(), 'understudy-cli-'));

const tea = `---
title: How I brew green tea
author: Ada Quill
date: 2026-03-02
kind: article
---
# How I brew green tea

Green tea turns bitter above eighty degrees, so I let the kettle cool for four minutes before pouring.
Then I steep the leaves for ninety seconds and no longer.

## The pot

I use an unglazed clay pot from Tokoname because it takes the edge off the tannins.
`;

const bread = `---
title: Sourdough on a weekday
author: Ben Marlow
date: 2025-11-20
kind: post
---
The starter gets fed with rye flour on Tuesday evening. The zanzibarium trick is to leave the dough in the
fridge overnight, so that it is ready to bake on Wednesday before work.
`;

/** A small folder of writing by two people. */
function writing(): string {
  const folder = join(scratch(), 'posts');
  mkdirSync(folder);
  writeFileSync(join(folder, 'tea.md'), tea);
  writeFileSync(join(folder, 'bread.md'), bread);
  return folder;
}

describe('understudy, the command', () => {
  const home = join(scratch(), 'home');
  const folder = writing();

  beforeAll(async () => {
    const collected = await command(home, ['collect', folder]);
    expect(collected.stderr).toBe('');
    expect(collected.code).toBe(0);
    expect(collected.stdout).toContain('2 created');
    const indexed = await command(home, ['features']);
    expect(indexed.code).toBe(0);
    expect(indexed.stdout).toMatch(/2 documents indexed, \d+ passages? written/);
  });

  it('answers from the writing, with the passage, its author and its date', async () => {
    const { code, stdout } = await command(home, ['ask', 'Why does green tea become bitter?']);
    expect(code).toBe(0);
    expect(stdout).toContain('Green tea turns bitter above eighty degrees');
    expect(stdout).toMatch(/\[1\] How I brew green tea/);
    expect(stdout).toContain('Ada Quill');
    expect(stdout).toContain('2026-03-02');
  });

  it('streams typed events as JSON lines for machines, ending with exactly one done', async () => {
    const { code, events } = await command(home, [
      'ask',
      '--json',
      'Why does green tea get bitter?',
    ]);
    expect(code).toBe(0);
    const types = events().map((event) => event['type']);
    expect(types.at(-1)).toBe('done');
    expect(types.filter((type) => type === 'done')).toHaveLength(1);
    expect(types.indexOf('sources')).toBeLessThan(types.indexOf('text'));
  });

  it('abstains from what the writing does not say', async () => {
    const { code, events } = await command(home, [
      'ask',
      '--json',
      'Who won the 1998 world cup final?',
    ]);
    expect(code).toBe(0);
    expect(events().at(-1)).toMatchObject({ type: 'done', outcome: 'abstained' });
  });

  it('changes nothing when it collects and indexes a second time', async () => {
    expect((await command(home, ['collect', '--json'])).events().at(-1)).toMatchObject({
      counts: { created: 0, changed: 0, unchanged: 2 },
    });
    expect((await command(home, ['features'])).stdout).toContain('0 documents indexed');
  });

  it('lists sources and status as one JSON document each', async () => {
    const [sources] = (await command(home, ['sources', '--json'])).events();
    expect(sources).toMatchObject({ documents: 2, origins: [{ link: folder, crawler: 'folder' }] });
    const [status] = (await command(home, ['status', '--json'])).events();
    expect(status).toMatchObject({ documents: 2, behind: 0, current: { documents: 2 } });
  });

  it('finds nothing wrong with a healthy home, and says what is wrong with a sick one', async () => {
    const healthy = await command(home, ['doctor']);
    expect(healthy.stdout).toContain('✓ Integrity');
    expect(healthy.code).toBe(0);
    const sick = await command(home, ['doctor', '--json'], { QDRANT_URL: 'http://127.0.0.1:1' });
    expect(sick.code).toBe(1);
    expect(sick.stdout).toContain('QDRANT_URL');
  });

  it('exports everything with hashes that match', async () => {
    const target = join(scratch(), 'export');
    expect((await command(home, ['export', target])).code).toBe(0);
    const manifest = JSON.parse(readFileSync(join(target, 'manifest.json'), 'utf8'));
    for (const { file, rows, sha256 } of manifest.files) {
      const text = readFileSync(join(target, file), 'utf8');
      expect(text.split('\n').length - 1).toBe(rows);
      expect(createHash('sha256').update(text).digest('hex')).toBe(sha256);
    }
    expect(manifest.files[0]).toMatchObject({ file: 'documents.jsonl', rows: 2 });
    const again = await command(home, ['export', target]);
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('not empty');
  });

  it('says how it is used, and exits 2 on wrong use', async () => {
    for (const name of [
      'collect',
      'features',
      'ask',
      'sources',
      'status',
      'doctor',
      'export',
      'forget',
      'start',
    ]) {
      const { code, stdout } = await command(home, [name, '--help']);
      expect(code).toBe(0);
      expect(stdout).toContain(`understudy ${name}`);
    }
    expect((await command(home, ['dance'])).code).toBe(2);
    expect((await command(home, ['ask'])).code).toBe(2);
    expect((await command(home, ['start', '--port', 'http'])).code).toBe(2);
    expect((await command(join(scratch(), 'empty'), ['collect'])).stderr).toContain(
      'Name a folder',
    );
    const unknown = await command(home, ['forget', 'nobody', '--yes']);
    expect(unknown).toMatchObject({ code: 2 });
    expect(unknown.stderr).toContain('no document or author');
  });

  it('exits 3 when something outside fails', async () => {
    const { code, stderr } = await command('/dev/null/home', ['status']);
    expect(code).toBe(3);
    expect(stderr).not.toContain('    at ');
  });

  it('exits 1 when an item could not be taken, and names it', async () => {
    const broken = writing();
    writeFileSync(join(broken, 'bin.md'), Buffer.from([0, 1, 2, 3, 0, 255, 254, 0, 0, 7]));
    const { code, stderr, stdout } = await command(join(scratch(), 'home'), ['collect', broken]);
    expect(code).toBe(1);
    expect(stderr).toContain('bin.md');
    expect(stdout).toContain('2 created');
  });
});

describe('understudy forget', () => {
  it('leaves no byte of the document or of answers that quoted it, and does not take it back', async () => {
    const home = join(scratch(), 'home');
    const folder = writing();
    await command(home, ['collect', folder]);
    await command(home, ['features']);
    await command(home, ['ask', 'What is the zanzibarium trick with the dough?']);
    expect(bytesContain(home, 'zanzibarium')).toBe(true);

    const asked = await command(home, ['forget', 'Ben Marlow']);
    expect(asked.code).toBe(2);
    expect(asked.stderr).toContain('--yes');

    const { code, stdout } = await command(home, ['forget', 'Ben Marlow', '--yes']);
    expect(code).toBe(0);
    expect(stdout).toContain('1 document and 1 trace are gone');
    expect(bytesContain(home, 'zanzibarium')).toBe(false);

    const again = await command(home, ['collect', '--json', folder]);
    expect(again.events().at(-1)).toMatchObject({ counts: { created: 0, unchanged: 1 } });
    expect(bytesContain(home, 'zanzibarium')).toBe(false);

    expect((await command(home, ['forget', join(folder, 'bread.md'), '--allow-again'])).code).toBe(
      0,
    );
    const back = await command(home, ['collect', '--json', folder]);
    expect(back.events().at(-1)).toMatchObject({ counts: { created: 1 } });
  });
});

function bytesContain(home: string, text: string): boolean {
  return readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .some((entry) => {
      const bytes = readFileSync(join(entry.parentPath, entry.name)).toString('latin1');
      return bytes.toLowerCase().includes(text);
    });
}

describe('understudy start', () => {
  it('indexes, answers a sample, serves the playground, and stops cleanly on Ctrl-C', async () => {
    const home = join(scratch(), 'home');
    const child = spawnCommand(home, ['start', writing(), '--json', '--no-open']);
    const result = ended(child);
    const url = await new Promise<string>((resolve, reject) => {
      let seen = '';
      child.stdout.on('data', (text: string) => {
        seen += text;
        const found = /"type":"playground","url":"([^"]+)"/.exec(seen)?.[1];
        if (found) resolve(found);
      });
      child.once('close', () => reject(new Error(`ended early: ${seen}`)));
    });
    expect(new URL(url).hostname).toBe('127.0.0.1');
    const page = await fetch(url);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<title>');
    child.kill('SIGINT');
    const { code, events, stderr } = await result;
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(events().some((event) => event['outcome'] === 'answered')).toBe(true);
  });

  it('drops vectors that nobody asked for in a long time', async () => {
    const home = join(scratch(), 'home');
    const database = openDatabase(home);
    const embeddings = openSqliteEmbeddings(database, () => Date.parse('2020-02-02'));
    const model = { name: 'some-model', revision: 'r1', dimensions: 2 };
    await embeddings.put({ model, role: 'passage' }, [
      { hash: 'ab'.repeat(32), vector: Float32Array.of(0, 1) },
    ]);
    expect((await embeddings.size()).vectors).toBe(1);
    const child = spawnCommand(home, ['start', writing(), '--no-open']);
    const result = ended(child);
    await vi.waitFor(async () => expect((await embeddings.size()).vectors).toBe(0), 20_000);
    child.kill('SIGINT');
    expect((await result).code).toBe(0);
    database.close();
  });

  it('lets the handbook make way as soon as there is somebody’s own writing', async () => {
    const home = join(scratch(), 'home');
    const run = async (links: readonly string[]) => {
      const child = spawnCommand(home, ['start', ...links, '--json', '--no-open']);
      child.stdout.on('data', (text: string) => {
        if (text.includes('"type":"playground"')) child.kill('SIGINT');
      });
      expect((await ended(child)).code).toBe(0);
      const [sources] = (await command(home, ['sources', '--json'])).events();
      return ((sources?.['origins'] ?? []) as { link: string }[]).map(({ link }) => link);
    };
    expect((await run([]))[0]).toMatch(/datasets\/handbook$/);
    const own = writing();
    expect(await run([own])).toEqual([own]);
    expect(await run([])).toEqual([own]);
    rmSync(own, { recursive: true });
  });
});

describe('Ctrl-C in the middle of the work', () => {
  it('stops in order, keeps what was done, and the next run does the rest', async () => {
    const home = join(scratch(), 'home');
    const folder = scratch();
    // Their language is no language: to be told it spares the guessing.
    for (const [index, { content }] of madeDocuments(600).take(600).toArray().entries()) {
      writeFileSync(join(folder, `${index}.md`), `---\nlanguage: en\n---\n${content}`);
    }
    await command(home, ['collect', folder]);
    const child = spawnCommand(home, ['features', '--json']);
    child.stdout.once('data', () => child.kill('SIGINT'));
    const { code, stderr, events } = await ended(child);
    expect(code).toBe(0);
    expect(stderr).toBe('Stopped. What was done so far is kept.\n');
    expect(events().at(-1)?.['type']).not.toBe('summary');
    const rest = (await command(home, ['features', '--json'])).events();
    expect(rest[0]).toMatchObject({ type: 'plan', put: expect.any(Number) });
    const [status] = (await command(home, ['status', '--json'])).events();
    expect(status).toMatchObject({ documents: 600, behind: 0, current: { documents: 600 } });
  });
});

describe('understudy start --watch', () => {
  it('indexes many files that changed at once in a run or two, not one by one', async () => {
    const home = join(scratch(), 'home');
    const folder = writing();
    const child = spawnCommand(home, ['start', folder, '--watch', '--no-open']);
    const result = ended(child);
    let said = '';
    let errors = '';
    child.stdout.on('data', (text: string) => {
      said += text;
    });
    child.stderr.on('data', (text: string) => {
      errors += text;
    });
    const until = async (holds: () => boolean) => {
      while (!holds()) await new Promise((resolve) => setTimeout(resolve, 50));
    };
    await until(() => said.includes('Ctrl-C stops'));
    for (let index = 0; index < 60; index += 1) {
      writeFileSync(join(folder, `lamp-${index}.md`), `# Lamp ${index}\n\nIt burns oil.\n`);
    }
    const indexed = () =>
      [...errors.matchAll(/indexed (\d+) passages?/g)].map(([, n]) => Number(n));
    await until(() => indexed().reduce((sum, count) => sum + count, 0) >= 60);
    child.kill('SIGINT');
    expect((await result).code).toBe(0);
    expect(indexed().length).toBeLessThan(15);
  });
});

describe('understudy with nothing to answer from', () => {
  it('says so instead of serving an empty page or an answer about nothing', async () => {
    const home = join(scratch(), 'home');
    const started = await command(home, ['start', '/nowhere/at/all', '--no-open']);
    expect(started.code).toBe(1);
    expect(started.stderr).toContain('it is not there');
    expect(started.stderr).toContain('nothing to answer from');
    const asked = await command(home, ['ask', 'hello?']);
    expect(asked.code).toBe(3);
    expect(asked.stderr).toContain('understudy collect');
  });
});

describe('npx understudy', () => {
  it('finds the command and the right Node, also when the machine’s own is older', () => {
    const root = join(import.meta.dirname, '../../..');
    const version = execFileSync('npx', ['understudy', '--version'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(version.trim()).toMatch(/^\d+\.\d+\.\d+$/);
  });
});
