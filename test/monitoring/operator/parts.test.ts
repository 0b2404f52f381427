import { afterEach, describe, expect, test, vi } from 'vitest';
import { readOperator } from '../../../monitoring/environment.ts';
import { watchBehind } from '../../../monitoring/operator/behind.ts';
import { html } from '../../../monitoring/operator/page/html.ts';
import { part } from '../../../monitoring/operator/part.ts';
import { reach } from '../../../monitoring/operator/reached.ts';
import { PermanentError, TransientError } from '../../../pipelines/stores/errors.ts';

const away = () => new TransientError('It is away.', { code: 'test.away' });

describe('where the operator’s page is served', () => {
  test('is this machine and a free port unless told, without a token', () => {
    const usual = { host: '127.0.0.1', port: 0, token: null };
    expect(readOperator({})).toEqual(usual);
    expect(readOperator({ OPERATOR_TOKEN: '', OPERATOR_PORT: '' })).toEqual(usual);
    const told = {
      OPERATOR_HOST: '0.0.0.0',
      OPERATOR_PORT: '9464',
      OPERATOR_TOKEN: 'x'.repeat(16),
    };
    expect(readOperator(told)).toEqual({ host: '0.0.0.0', port: 9464, token: 'x'.repeat(16) });
  });

  test.each(['0.0.0.0', '::', '192.168.1.4', 'operator.internal', '128.0.0.1'])(
    'is refused at %s without a token',
    (host) => {
      expect(() => readOperator({ OPERATOR_HOST: host })).toThrow(/OPERATOR_TOKEN is not set/u);
    },
  );

  test('is refused with a token that can be guessed, which is not printed', () => {
    const read = () => readOperator({ OPERATOR_TOKEN: 'hunter2' });
    expect(read).toThrow(/OPERATOR_TOKEN: is too short/u);
    expect(read).not.toThrow(/hunter2/u);
  });
});

describe('something outside that is reached', () => {
  const close = async () => {};

  test('is tried again until it is there, and tells meanwhile why it is not', async () => {
    const open = vi.fn<() => Promise<{ close(): Promise<void> }>>();
    const value = { close: vi.fn(close) };
    open.mockRejectedValueOnce(away()).mockRejectedValueOnce(away()).mockResolvedValue(value);
    const failed = vi.fn();
    const reached = await reach(open, { pauseMs: 1, failed });
    expect(() => reached.get()).toThrow('It is away.');
    await vi.waitFor(() => expect(reached.get()).toBe(value));
    expect(failed).toHaveBeenCalledTimes(2);
    await reached.close();
    expect(value.close).toHaveBeenCalledOnce();
    expect(open).toHaveBeenCalledTimes(3);
  });

  test('is not waited for when somebody has to change something first', async () => {
    const wrong = new PermanentError('Wrong password.', { code: 'test.refused' });
    const opening = reach(async () => await Promise.reject<{ close(): Promise<void> }>(wrong), {
      pauseMs: 1,
      failed: () => {},
    });
    await expect(opening).rejects.toBe(wrong);
  });

  test('is no longer tried once it is closed', async () => {
    const open = vi.fn<() => Promise<{ close(): Promise<void> }>>().mockRejectedValue(away());
    const reached = await reach(open, { pauseMs: 60_000, failed: () => {} });
    await reached.close();
    expect(open).toHaveBeenCalledOnce();
  });

  test('is closed when it was reached at the last moment', async () => {
    const second = Promise.withResolvers<{ close(): Promise<void> }>();
    const open = vi.fn<() => Promise<{ close(): Promise<void> }>>();
    open.mockRejectedValueOnce(away()).mockReturnValueOnce(second.promise);
    const reached = await reach(open, { pauseMs: 1, failed: () => {} });
    await vi.waitFor(() => expect(open).toHaveBeenCalledTimes(2));
    const closing = reached.close();
    const value = { close: vi.fn(close) };
    second.resolve(value);
    await closing;
    expect(value.close).toHaveBeenCalledOnce();
    expect(open).toHaveBeenCalledTimes(2);
  });
});

describe('documents behind', () => {
  test('are counted again and again; a count that fails leaves the last one, and says so', async () => {
    const count = vi.fn<() => Promise<number>>();
    count.mockResolvedValueOnce(7).mockRejectedValue(away());
    const watch = watchBehind(count, { pauseMs: 1 });
    expect(watch.latest().documents).toBeNull();
    await vi.waitFor(() => expect(watch.latest().problem).not.toBeNull());
    expect(watch.latest()).toMatchObject({ documents: 7, problem: { code: 'test.away' } });
    count.mockResolvedValue(0);
    await vi.waitFor(() => expect(watch.latest()).toMatchObject({ documents: 0, problem: null }));
    await watch.close();
  });
});

describe('a part of the page', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  test('that never answers is given up', async () => {
    vi.useFakeTimers();
    const asked = part(() => new Promise<string>(() => {}));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await asked).toMatchObject({
      problem: { message: expect.stringContaining('no answer') },
    });
  });

  test('that throws at once is a problem like any other', async () => {
    const thrown = await part<string>(() => {
      throw away();
    });
    expect(thrown).toEqual({
      problem: { code: 'test.away', message: 'It is away.', hint: undefined },
    });
  });
});

test('a template writes text as text, and its own HTML as HTML', () => {
  const inner = [html`<b>${'<&"\''}</b>`, html`<i>${1}</i>`];
  expect(html`<p title="${'"'}">${inner}${null}</p>`.html).toBe(
    '<p title="&quot;"><b>&lt;&amp;&quot;&#39;</b><i>1</i></p>',
  );
});
