import { PassThrough } from 'node:stream';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openKey } from '../../../bots/api/auth/open-key.ts';
import { openApiKeys } from '../../../bots/state/keys.ts';
import type { ApiKeys } from '../../../bots/state/port.ts';
import { runKeysCreate, runKeysList, runKeysRevoke } from '../../../bots/terminal/commands/keys.ts';
import { addKeyCommands } from '../../../bots/terminal/key-commands.ts';
import { openOutput } from '../../../bots/terminal/output.ts';
import { readEnvironment } from '../../../pipelines/environment.ts';
import { temporaryHome } from '../../pipelines/stores/temporary.ts';

const now = new Date('2026-11-21T10:00:00Z');
let place: ReturnType<typeof temporaryHome>;
let keys: ApiKeys;
beforeEach(() => {
  place = temporaryHome();
  keys = openApiKeys(place.open());
});
afterEach(() => place.close());

function listen(json = false) {
  const streams = { stdout: new PassThrough(), stderr: new PassThrough() };
  const text = { out: '', err: '' };
  streams.stdout.on('data', (part) => {
    text.out += part;
  });
  streams.stderr.on('data', (part) => {
    text.err += part;
  });
  const output = openOutput(json, streams as unknown as Parameters<typeof openOutput>[1]);
  return { output, text };
}

describe('understudy keys', () => {
  test('create prints a key that opens, and keeps nothing from which it could be had', async () => {
    const { output, text } = listen();
    expect(await runKeysCreate(keys, { name: 'site', scopes: ['ask'] }, output, now)).toBe(0);
    const token = text.out.trim();
    expect(token).toMatch(/^usk_[\w-]{43}$/u);
    const opened = await openKey(keys, `Bearer ${token}`, now);
    expect(opened.caller).toMatchObject({ name: 'site', scopes: ['ask'] });
    const { readFileSync, readdirSync } = await import('node:fs');
    for (const file of readdirSync(place.home)) {
      expect(readFileSync(`${place.home}/${file}`, 'latin1')).not.toContain(token.slice(4));
    }
  });

  test('create writes one JSON document for programs', async () => {
    const { output, text } = listen(true);
    const wanted = {
      name: 'site',
      scopes: ['ask'],
      sources: ['blog'],
      since: '2025-01-01',
      days: 30,
    };
    await runKeysCreate(keys, wanted, output, now);
    expect(JSON.parse(text.out)).toMatchObject({
      name: 'site',
      key: expect.stringMatching(/^usk_/u),
      access: { sources: ['blog'], since: '2025-01-01' },
      expiresAt: '2026-12-21T10:00:00.000Z',
    });
  });

  test.each([
    [{ name: 'two words', scopes: ['ask'] }, 'no name'],
    [{ name: 'site', scopes: ['ask', 'fly'] }, 'no scope fly'],
    [{ name: 'site', scopes: [] }, 'needs a scope'],
    [{ name: 'site', scopes: ['ask'], since: '2025-02-30' }, 'no day'],
  ])('create refuses %j and keeps nothing', async (wanted, why) => {
    await expect(runKeysCreate(keys, wanted, listen().output, now)).rejects.toThrow(why);
    expect(await keys.list()).toEqual([]);
  });

  test('create refuses a name that is taken until its key is revoked', async () => {
    const create = () =>
      runKeysCreate(keys, { name: 'site', scopes: ['ask'] }, listen().output, now);
    await create();
    await expect(create()).rejects.toThrow('There is a key “site” already.');
    const { output, text } = listen();
    expect(await runKeysRevoke(keys, 'site', output, now)).toBe(0);
    expect(text.out).toContain('opens nothing any more');
    expect(await create()).toBe(0);
    await expect(runKeysRevoke(keys, 'nobody', output, now)).rejects.toThrow('no key “nobody”');
  });

  test('list says what each may do and whether it opens', async () => {
    const quiet = listen().output;
    await runKeysCreate(keys, { name: 'old', scopes: ['read'], days: 1 }, quiet, now);
    await runKeysCreate(keys, { name: 'site', scopes: ['ask'], authors: ['ada'] }, quiet, now);
    await runKeysCreate(keys, { name: 'gone', scopes: ['ask'] }, quiet, now);
    await runKeysRevoke(keys, 'gone', quiet, now);
    const { output, text } = listen();
    await runKeysList(keys, output, new Date('2026-12-01T00:00:00Z'));
    const { stripVTControlCharacters } = await import('node:util');
    expect(stripVTControlCharacters(text.out).trim().split('\n')).toEqual([
      'gone  revoked 2026-11-21  may ask  never used',
      'old  expired 2026-11-22  may read  never used',
      'site  opens  may ask within authors ada  never used',
    ]);
  });

  test('the command line hands over what was typed', async () => {
    const codes: number[] = [];
    const silent = [process.stdout, process.stderr].map((stream) =>
      vi.spyOn(stream, 'write').mockReturnValue(true),
    );
    const program = new Command().exitOverride();
    addKeyCommands(program, {
      environment: () => readEnvironment({ UNDERSTUDY_HOME: place.home }),
      bots: () => ({}),
      variables: {},
      signal: new AbortController().signal,
      version: '0',
      exit: (code) => void codes.push(code),
    });
    const type = (line: string) => program.parseAsync(line.split(' '), { from: 'user' });
    await type('keys create chat --scope ask,read --source blog,talks --days 7 --json');
    expect(await keys.list()).toMatchObject([
      { name: 'chat', scopes: ['ask', 'read'], access: { sources: ['blog', 'talks'] } },
    ]);
    await type('keys list --json');
    await type('keys revoke chat --json');
    expect((await keys.list())[0]?.revokedAt).not.toBeNull();
    for (const spy of silent) spy.mockRestore();
    expect(codes).toEqual([0, 0, 0]);
  });
});
