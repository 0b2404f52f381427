import english from '../../bots/strings/en.json' with { type: 'json' };

/** What the twin says instead of an answer. */
const instead = [
  'abstained.heading',
  'abstained.nothing',
  'busy',
  'empty.mention',
  'failed.partial',
  'failed.permanent',
  'failed.retryable',
  'failed.unrecorded',
  'problem.',
  'question.empty',
  'queue.full',
  'rate.',
  'stopped.',
];
/** What it says besides: nobody waits for it. */
const besides = ['failed.interaction', 'feedback.thanks', 'feedback.unknown', 'stop.'];

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/gu, '\\$&');

/** A phrase as it looks with its places filled in. */
function pattern(phrase: string): RegExp {
  const parts = phrase.split(/\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}/u);
  return new RegExp(parts.map(escaped).join('.+'), 'su');
}

const patterns = (prefixes: readonly string[]): readonly RegExp[] =>
  Object.entries(english)
    .filter(([key]) => prefixes.some((prefix) => key.startsWith(prefix)))
    .map(([, phrase]) => pattern(phrase));

const lines = patterns(instead);
// Told in a direct message, besides what Discord itself said where it was asked.
const asides = [...patterns(besides), pattern(english['discord.unfinished'])];

/** Whether a text is one of the twin's own lines, and which kind. */
export function honest(text: string): 'line' | 'aside' | 'unknown' {
  if (asides.some((phrase) => phrase.test(text))) return 'aside';
  return lines.some((phrase) => phrase.test(text)) ? 'line' : 'unknown';
}
