import { expect, test, vi } from 'vitest';
import { listenToVoice } from '../../../../pipelines/inference/voice/watch.ts';

const listening = (checkVoice: Parameters<typeof listenToVoice>[0]['checkVoice']) => {
  const log = { error: vi.fn(), warn: vi.fn() };
  const leaving = new AbortController();
  const ended = listenToVoice({ checkVoice }, log, leaving.signal, 1);
  return { log, leave: () => leaving.abort(), ended };
};

test('what is wrong with the voice is logged again and again until it is right', async () => {
  const found = ['it speaks as the base model', 'it speaks as the base model', null];
  let looks = 0;
  const { log, leave, ended } = listening(async () => found[looks++] ?? null);
  await vi.waitFor(() => expect(looks).toBeGreaterThan(3));
  leave();
  await ended;
  expect(log.error).toHaveBeenCalledTimes(2);
  expect(log.warn).not.toHaveBeenCalled();
});

test('a server that cannot be asked is no verdict on its voice', async () => {
  const { log, leave, ended } = listening(async () => {
    throw new Error('away');
  });
  await vi.waitFor(() => expect(log.warn.mock.calls.length).toBeGreaterThan(1));
  leave();
  await ended;
  expect(log.error).not.toHaveBeenCalled();
});

test('where there is no adapter there is nothing to listen to', async () => {
  await listening(null).ended;
});
