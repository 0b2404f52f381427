import { describe, expect, it } from 'vitest';
import { exitCodes, explain, UsageError } from '../../../bots/terminal/exit.ts';
import { counted, duration, size } from '../../../bots/terminal/output.ts';
import { openProgress } from '../../../bots/terminal/progress.ts';
import { PermanentError, TransientError } from '../../../pipelines/stores/errors.ts';

describe('what a command prints', () => {
  it.each([
    [0, '0 ms'],
    [999.4, '999 ms'],
    [2_140, '2.1 s'],
    [200_000, '3 min 20 s'],
  ])('%d ms reads %s', (ms, text) => expect(duration(ms)).toBe(text));

  it.each([
    [0, '0 B'],
    [1_023, '1023 B'],
    [1_536, '1.5 KiB'],
    [5 * 2 ** 30, '5.0 GiB'],
  ])('%d bytes read %s', (bytes, text) => expect(size(bytes)).toBe(text));

  it('counts in words', () => {
    expect(counted(1, 'document')).toBe('1 document');
    expect(counted(12_345, 'document')).toBe('12,345 documents');
    expect(counted(2, 'query', 'queries')).toBe('2 queries');
  });
});

describe('how a command ends', () => {
  it.each([
    [new UsageError('what?', 'that'), exitCodes.usage],
    [new PermanentError('bad', { code: 'environment.invalid' }), exitCodes.usage],
    [new PermanentError('full', { code: 'store.full' }), exitCodes.outside],
    [new TransientError('busy', { code: 'store.busy', hint: 'wait' }), exitCodes.outside],
    [new Error('surprise'), exitCodes.outside],
    ['thrown text', exitCodes.outside],
  ])('%s has its exit code and keeps message and hint', (error, exitCode) => {
    const explained = explain(error);
    expect(explained.exitCode).toBe(exitCode);
    expect(explained.message).toBe(error instanceof Error ? error.message : error);
    if (error instanceof UsageError) expect(explained.hint).toBe('that');
  });
});

describe('progress without a terminal', () => {
  it('says rate and time left now and then, in plain lines', () => {
    const notes: string[] = [];
    let time = 0;
    const output = { interactive: false, note: (text: string) => void notes.push(text) };
    const progress = openProgress(output, 'Indexing', 'documents', () => time);
    progress.total(100);
    for (let step = 0; step < 50; step += 1) {
      time += 200;
      progress.step();
    }
    progress.stop();
    expect(notes).toEqual([
      'Indexing: 25 documents of 100, 5/s, about 15.0 s left',
      'Indexing: 50 documents of 100, 5/s, about 10.0 s left',
    ]);
  });
});
