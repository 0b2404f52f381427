/** What the model says when the passages do not answer: a word that nobody writes by accident. */
export const sentinel = 'NO_ANSWER';

const word = 'NO\\\\?_ANSWER';
const wrapping = '[\\s*_"\'“”`(\\[{]*';

const atStart = new RegExp(`^${wrapping}${word}`, 'u');
const maybeAtStart = new RegExp(
  `^${wrapping}(?:${prefixes('NO_ANSWER')}|NO\\\\_?${prefixes('ANSWER')})?$`,
  'u',
);

/** Whether a reply that begins like this says that there is no answer; null while that is open. */
export function saysNoAnswer(beginning: string): boolean | null {
  if (atStart.test(beginning)) return true;
  return maybeAtStart.test(beginning) ? null : false;
}

/** N, NO, NO_ …: everything short of the whole, as a pattern that may also be empty. */
function prefixes(whole: string): string {
  return whole
    .slice(0, -1)
    .split('')
    .reduceRight((rest, letter) => `(?:${letter}${rest})?`, '');
}
