import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openTraceLog } from '../../monitoring/trace-log/sqlite.ts';
import { describeTraceLog, trace } from '../conformance/tracer.ts';
import { temporaryHome } from '../pipelines/stores/temporary.ts';

describeTraceLog('SQLite', async () => {
  const place = temporaryHome();
  return {
    log: openTraceLog(place.open()),
    other: openTraceLog(place.open()),
    close: async () => place.close(),
  };
});

test('no word of a forgotten trace is left in the file', async () => {
  const place = temporaryHome();
  const log = openTraceLog(place.open());
  await log.record(trace('one', { question: 'Who is zqxvwhisper?', authors: ['ada'] }));
  const bytes = () =>
    ['', '-wal'].map((end) =>
      readFileSync(join(place.home, `understudy.db${end}`)).toString('latin1'),
    );
  expect(bytes().join()).toContain('zqxvwhisper');
  await log.forget({ authors: ['ada'] });
  expect(bytes().join()).not.toContain('zqxvwhisper');
  place.close();
});
