import { webApi } from '@slack/bolt';
import { expect, test } from 'vitest';
import { again, once, settledValue } from '../../../bots/slack/web/call.ts';
import { failureOf } from '../../../bots/slack/web/failure.ts';

const patience = { retryMs: 0, limitedMs: 10_000 };

const platform = (error: string) =>
  new webApi.WebAPIPlatformError({ ok: false, error, response_metadata: {} });
const http = (status: number) => new webApi.WebAPIHTTPError(status, '', {});
const cut = () => new webApi.WebAPIRequestError(new Error('socket hang up'));

/** A call that fails with each of these in turn, and then succeeds. */
function failing(...failures: readonly Error[]) {
  const left = [...failures];
  const call = async () => {
    call.made += 1;
    const failure = left.shift();
    if (failure) throw failure;
    return 'here';
  };
  call.made = 0;
  return call;
}

test.each([
  ['a refusal', platform('is_archived'), 'refused'],
  ['Slack’s own failure', platform('internal_error'), 'unknown'],
  ['a limit without a header', platform('ratelimited'), 'limited'],
  ['a limit', new webApi.WebAPIRateLimitedError(3), 'limited'],
  ['a server that fails', http(503), 'unknown'],
  ['a server that refuses', http(404), 'refused'],
  ['a broken connection', cut(), 'unknown'],
])('%s is understood', (_name, error, kind) => {
  expect(failureOf(error).kind).toBe(kind);
});

test('what is no failure of Slack’s is thrown on', () => {
  expect(() => failureOf(new TypeError('ours'))).toThrow('ours');
});

test('a call is made once when nobody knows what became of it', async () => {
  const call = failing(cut());
  expect((await once(call, patience)).kind).toBe('unknown');
  expect(call.made).toBe(1);
});

test('a call is made again after a limit, which did nothing', async () => {
  const call = failing(new webApi.WebAPIRateLimitedError(0), new webApi.WebAPIRateLimitedError(0));
  expect(await once(call, patience)).toEqual({ kind: 'done', value: 'here' });
  expect(call.made).toBe(3);
});

test('a limit longer than the patience is a refusal at once', async () => {
  const call = failing(new webApi.WebAPIRateLimitedError(3_600));
  expect(await once(call, patience)).toMatchObject({ kind: 'refused', error: 'ratelimited' });
  expect(call.made).toBe(1);
});

test('a call that does no harm twice is repeated, but not for ever', async () => {
  const lucky = failing(cut(), http(500), platform('internal_error'));
  expect((await again(lucky, patience)).kind).toBe('done');
  const hopeless = failing(...Array.from({ length: 20 }, cut));
  const outcome = await again(hopeless, { ...patience, tries: 4 });
  expect(hopeless.made).toBe(4);
  expect(() => settledValue(outcome)).toThrow('could not be reached');
  const refused = failing(platform('missing_scope'));
  expect((await again(refused, patience)).kind).toBe('refused');
  expect(refused.made).toBe(1);
});
