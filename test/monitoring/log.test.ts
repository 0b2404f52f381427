import { describe, expect, it } from 'vitest';
import { openLog, redact } from '../../monitoring/log.ts';

/** A log into memory, and what was written to it. */
function capture() {
  const lines: string[] = [];
  const log = openLog({ level: 'info', name: 'test' }, { write: (line) => void lines.push(line) });
  return { log, lines };
}

describe('the log', () => {
  it('is one JSON object per line with the message and its fields', () => {
    const { log, lines } = capture();
    log.info({ documents: 3 }, 'collected');
    log.debug('too detailed for this level');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      msg: 'collected',
      documents: 3,
      name: 'test',
    });
  });

  it.each(['token', 'apiKey', 'authorization', 'password', 'signingSecret'])(
    'never shows the value of %s, at any depth we log',
    (key) => {
      const { log, lines } = capture();
      log.info({ [key]: 'hunter2', a: { [key]: 'hunter2', b: { [key]: 'hunter2' } } }, 'x');
      expect(lines.join('')).not.toContain('hunter2');
      expect(lines.join('')).toContain('[secret]');
    },
  );

  it.each([
    ['a Slack token', 'token xoxb-1234567890-abcdef is wrong', 'xoxb-1234567890-abcdef'],
    ['a Hub token', 'using hf_abcdefghijklmnopqrst', 'hf_abcdefghijklmnopqrst'],
    ['a bearer header', 'Authorization: Bearer abc.def-ghi_jkl=', 'abc.def-ghi_jkl'],
    ['a password in a URL', 'cannot reach mongodb://me:s3cr3t@db/x', 's3cr3t'],
  ])('takes %s out of free text', (_what, text, secret) => {
    expect(redact(text)).not.toContain(secret);
    const { log, lines } = capture();
    log.info(text);
    expect(lines.join('')).not.toContain(secret);
  });

  it('leaves ordinary text as it is', () => {
    const text = 'GET https://example.org/a:b@c took 12 ms; the bearer of news';
    expect(redact(text)).toBe(text);
  });
});
