import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openRemoteAnswering } from '../../../../pipelines/inference/remote/answering.ts';
import { startChild } from '../../../servers/child.ts';
import { question } from '../pipeline.ts';

test('a process that is killed in the middle of an answer costs that answer, and says so', async () => {
  const file = join(import.meta.dirname, 'service-process.ts');
  const service = await startChild(
    process.execPath,
    [file],
    (output) => /http:\S+/u.exec(output)?.[0],
  );
  const remote = await openRemoteAnswering({ urls: [service.found] });
  try {
    const events = [];
    for await (const event of remote.ask(question)) {
      events.push(event);
      if (event.type === 'text') await service.kill();
    }
    expect(events.map(({ type }) => type)).toEqual([
      'begun',
      'status',
      'status',
      'sources',
      'status',
      'text',
      'error',
    ]);
    expect(events.at(-1)).toMatchObject({
      error: { code: 'inference.unfinished', retryable: true },
    });
    const after = await Array.fromAsync(remote.ask(question));
    expect(after).toMatchObject([
      { type: 'error', error: { code: 'inference.down', retryable: true } },
    ]);
  } finally {
    await remote.close();
    await service.kill();
  }
});
