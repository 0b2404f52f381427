import { webApi } from '@slack/bolt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { errorOf, plainClient } from '../bolt.ts';
import { type SlackServer, startSlackServer, visibleText } from '../server.ts';

let slack: SlackServer;
let client: webApi.WebClient;

beforeEach(async () => {
  slack = await startSlackServer();
  client = plainClient(slack);
});
afterEach(() => slack.close());

const post = (text: string) => client.chat.postMessage({ channel: 'C1', text });
const said = () => slack.workspace.messages('C1').map(visibleText);

describe('what meets a call', () => {
  it('429 with the time to wait, once; nothing was said', async () => {
    slack.faults.next('chat.postMessage', { kind: 'rate_limited', retryAfterS: 7 });
    const failure = await post('a').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(webApi.WebAPIRateLimitedError);
    expect(failure).toMatchObject({ retryAfter: 7 });
    await post('b');
    expect(said()).toEqual(['b']);
    expect(slack.callsOf('chat.postMessage').map(({ error }) => error)).toEqual([
      'rate_limited',
      undefined,
    ]);
  });

  it('an HTTP status, and an error of Slack’s own', async () => {
    slack.faults.next('*', { kind: 'status', status: 503 });
    expect(await errorOf(post('a'))).toBe('WebAPIHTTPError');
    slack.faults.next('*', { kind: 'error', error: 'internal_error' });
    expect(await errorOf(post('b'))).toBe('internal_error');
    expect(said()).toEqual([]);
  });

  it('a connection cut before the effect, and after it', async () => {
    slack.faults.next('chat.postMessage', { kind: 'drop', when: 'before' });
    expect(await errorOf(post('before'))).toBe('WebAPIRequestError');
    slack.faults.next('chat.postMessage', { kind: 'drop', when: 'after' });
    expect(await errorOf(post('after'))).toBe('WebAPIRequestError');
    expect(said()).toEqual(['after']);
    const applied = slack.callsOf('chat.postMessage').map((call) => call.applied);
    expect(applied).toEqual([false, true]);
  });

  it('an answer that never comes, or late', async () => {
    slack.faults.next('chat.postMessage', { kind: 'timeout', when: 'after' });
    const impatient = plainClient(slack);
    const hanging = errorOf(impatient.chat.postMessage({ channel: 'C1', text: 'lost' }));
    await slack.until(() => said().length === 1);
    expect(await hanging).toBe('WebAPIRequestError');
    slack.faults.next('chat.postMessage', { kind: 'slow', delayMs: 5 });
    await post('late');
    expect(said()).toEqual(['lost', 'late']);
    await slack.settled();
  });

  it('every third, and at random as the seed has it', async () => {
    slack.faults.every(3, 'chat.postMessage', { kind: 'error', error: 'fatal_error' });
    const errors: string[] = [];
    for (const text of ['a', 'b', 'c', 'd', 'e', 'f']) errors.push(await errorOf(post(text)));
    expect(errors).toEqual(['none', 'none', 'fatal_error', 'none', 'none', 'fatal_error']);
    slack.faults.clear();
    const run = async (seed: number): Promise<string> => {
      const other = await startSlackServer({ seed });
      try {
        const its = plainClient(other);
        other.faults.randomly(0.5, 'auth.test', { kind: 'error', error: 'fatal_error' });
        const drawn: string[] = [];
        for (let n = 0; n < 20; n += 1) drawn.push(await errorOf(its.auth.test()));
        return drawn.map((one) => (one === 'none' ? '.' : 'x')).join('');
      } finally {
        await other.close();
      }
    };
    const first = await run(5);
    expect(first).toMatch(/\..*x|x.*\./);
    expect(await run(5)).toBe(first);
    expect(await run(6)).not.toBe(first);
  });
});

describe('streams that expire', () => {
  const start = async () => {
    const { ts } = slack.workspace.user('U1').says({ channel: 'C1', text: 'a question' });
    const to = { recipient_team_id: 'T1', recipient_user_id: 'U1' };
    const opened = await client.chat.startStream({ channel: 'C1', thread_ts: ts, ...to });
    return { channel: 'C1', ts: opened.ts ?? '' };
  };
  const append = (at: { channel: string; ts: string }, markdown_text: string) =>
    errorOf(client.chat.appendStream({ ...at, markdown_text }));

  it('after so many appends, the next one only', async () => {
    slack.faults.expireStreams({ appends: 2, times: 1 });
    const at = await start();
    expect([await append(at, 'a'), await append(at, 'b')]).toEqual(['none', 'none']);
    expect(await append(at, 'c')).toBe('message_not_in_streaming_state');
    expect(await errorOf(client.chat.stopStream(at))).toBe('message_not_in_streaming_state');
    expect(slack.workspace.message(at.channel, at.ts)?.text).toBe('ab');
    const next = await start();
    for (const text of ['a', 'b', 'c']) expect(await append(next, text)).toBe('none');
    expect(slack.violations).toEqual([]);
  });

  it('after so many characters, each one', async () => {
    slack.faults.expireStreams({ characters: 3 });
    for (const at of [await start(), await start()]) {
      expect(await append(at, 'abcd')).toBe('none');
      expect(await append(at, 'e')).toBe('message_not_in_streaming_state');
    }
  });
});

describe('rate limits', () => {
  it('hold messages to about one a second and channel, and methods to their tier', async () => {
    const own = await startSlackServer({
      teams: [{ id: 'T1', channels: [{ id: 'C1' }, { id: 'C2' }] }],
      rateLimits: { message: { perSecond: 0.01, burst: 2 }, tiers: { 1: 1, 2: 1, 3: 1, 4: 2 } },
    });
    try {
      const its = plainClient(own);
      const to = (channel: string) => errorOf(its.chat.postMessage({ channel, text: 'x' }));
      const limited = 'WebAPIRateLimitedError';
      expect([await to('C1'), await to('C1'), await to('C1')]).toEqual(['none', 'none', limited]);
      expect(await to('C2')).toBe('none');
      const info = () => errorOf(its.users.info({ user: 'U1' }));
      expect([await info(), await info(), await info()]).toEqual(['none', 'none', limited]);
      expect(own.calls.at(-1)?.error).toBe('ratelimited');
    } finally {
      await own.close();
    }
  });
});
