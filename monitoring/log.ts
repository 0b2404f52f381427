import { type DestinationStream, destination, type Logger, type LoggerOptions, pino } from 'pino';

/** Keys whose values never reach a log, at any of the depths we log. */
const secretKeys = [
  'authorization',
  'apiKey',
  'clientSecret',
  'cookie',
  'password',
  'secret',
  'signingSecret',
  'token',
];

/** What a secret looks like inside free text: platform tokens, bearer headers, passwords in URLs. */
const secretShapes: readonly (readonly [RegExp, string])[] = [
  [/\b(?:xox[abeoprs]|xapp)-[\w-]{8,}/g, '[secret]'],
  [/\bhf_[A-Za-z0-9]{16,}/g, '[secret]'],
  [/\bsk-[\w-]{16,}/g, '[secret]'],
  [/\busk_[\w-]{16,}/g, '[secret]'],
  [/\b(?:ghp|gho|ghs|github_pat)_\w{16,}/g, '[secret]'],
  [/\b(bearer\s+)[\w.~+/-]{8,}=*/gi, '$1[secret]'],
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:)[^\s@/]+@/gi, '$1[secret]@'],
];

/** Takes secrets out of a text. */
export function redact(text: string): string {
  return secretShapes.reduce((clean, [shape, instead]) => clean.replace(shape, instead), text);
}

const paths = secretKeys.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]);

/**
 * A structured log: one JSON object per line on standard error, so that standard output stays for answers.
 * Secrets are redacted by key and, since people log URLs and messages too, by shape.
 */
export function openLog(
  options: { readonly level: NonNullable<LoggerOptions['level']>; readonly name?: string },
  stream: DestinationStream = destination({ fd: 2, sync: true }),
): Logger {
  return pino(
    {
      level: options.level,
      ...(options.name === undefined ? {} : { name: options.name }),
      redact: { paths, censor: '[secret]' },
      hooks: { streamWrite: redact },
    },
    stream,
  );
}
