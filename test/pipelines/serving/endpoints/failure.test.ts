import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { failureOf } from '../../../../pipelines/serving/endpoints/failure.ts';
import { PermanentError, TransientError } from '../../../../pipelines/stores/errors.ts';

const service = 'The model server';
const of = (status: number, body?: unknown, headers: Record<string, string> = {}) =>
  failureOf(service, 'chat', status, body, new Headers(headers));

describe('by status', () => {
  test.each([
    [400, 'refused'],
    [401, 'unauthorised'],
    [402, 'refused'],
    [403, 'unauthorised'],
    [404, 'not-found'],
    [405, 'refused'],
    [413, 'too-large'],
    [422, 'refused'],
    [301, 'refused'],
    [307, 'refused'],
  ])('%i is permanent: chat.%s', (status, code) => {
    const error = of(status);
    expect(error).toBeInstanceOf(PermanentError);
    expect(error.code).toBe(`chat.${code}`);
    expect(error.message).toContain(`(${status})`);
    expect(error.hint).not.toBe('');
  });

  test.each([
    [408, 'timeout'],
    [424, 'failed'],
    [425, 'down'],
    [429, 'overloaded'],
    [500, 'failed'],
    [502, 'down'],
    [503, 'down'],
    [504, 'timeout'],
    [529, 'overloaded'],
    [599, 'failed'],
  ])('%i is transient: chat.%s', (status, code) => {
    const error = of(status);
    expect(error).toBeInstanceOf(TransientError);
    expect(error.code).toBe(`chat.${code}`);
    expect((error as TransientError).retryAfterMs).toBeUndefined();
  });

  test('TGI’s and TEI’s own word for it goes before the status', () => {
    const body = { error: 'Model is overloaded', error_type: 'overloaded' };
    expect(of(424, body)).toMatchObject({ name: 'TransientError', code: 'chat.overloaded' });
  });
});

describe('what the server said', () => {
  test.each([
    ['TGI and TEI', { error: 'too many stops', error_type: 'validation' }],
    ['TGI in a chat stream', { error: { message: 'too many stops', http_status_code: 422 } }],
    ['OpenAI', { error: { message: 'too many stops', type: 'invalid_request_error', code: null } }],
    ['vLLM', { error: { message: 'too many stops', type: 'BadRequestError', code: 400 } }],
    ['TEI’s OpenAI routes', { message: 'too many stops', code: 422, type: 'Validation' }],
    ['FastAPI', { detail: 'too many stops' }],
  ])('is told, as %s says it', (_engine, body) => {
    expect(of(422, body).message).toBe(
      'The model server refused the request (422): too many stops.',
    );
  });

  test.each([
    ['a page for people', '<html><body>Bad Gateway</body></html>'],
    ['nothing', undefined],
    ['a number', 5],
    ['something else', { oops: 'secret' }],
  ])('%s is not repeated', (_name, body) => {
    expect(of(502, body).message).toBe('The model server is not available (502).');
  });

  test('is one line, and not endless', () => {
    const { message } = of(400, { error: `one\n\ttwo ${'very '.repeat(500)}long` });
    expect(message).toContain('one two very');
    expect(message.length).toBeLessThan(400);
  });

  test('never holds a token', () => {
    const tokens = fc
      .tuple(
        fc.constantFrom('hf_', 'sk-', 'sk-proj-', 'Bearer ', 'gsk_'),
        fc.stringMatching(/^[A-Za-z0-9]{12,40}$/),
      )
      .map(([prefix, rest]) => ({ written: prefix + rest, rest }));
    fc.assert(
      fc.property(tokens, fc.constantFrom(400, 401, 403, 422, 500), ({ written, rest }, status) => {
        const { message } = of(status, { error: `The key ${written} is not known here` });
        expect(message).not.toContain(rest);
      }),
    );
    expect(of(401, { error: 'unusual-token-42 is wrong' }).message).not.toContain('unusual-token');
  });
});

describe('when to come back', () => {
  test('is read in seconds, as a date, and in milliseconds', () => {
    const inTwoMinutes = new Date(Date.now() + 120_000).toUTCString();
    const ms = (headers: Record<string, string>) =>
      (of(429, undefined, headers) as TransientError).retryAfterMs;
    expect(ms({ 'retry-after': '7' })).toBe(7_000);
    expect(ms({ 'retry-after': '0.5' })).toBe(500);
    expect(ms({ 'retry-after': '7', 'retry-after-ms': '250' })).toBe(250);
    expect(ms({ 'retry-after': inTwoMinutes })).toBeGreaterThan(60_000);
    expect(ms({ 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' })).toBe(0);
    expect(ms({ 'retry-after': 'soon' })).toBeUndefined();
    expect(ms({})).toBeUndefined();
  });
});
