import type { Asked } from './asked.ts';
import { wordsOf } from './asked.ts';
import type { Run } from './run.ts';

const words = new Intl.Segmenter(undefined, { granularity: 'word' });

/**
 * Whether somebody is probably still typing: a greeting, a name, a line that ends in a colon. Such a message
 * waits a moment for the rest; a question never does.
 */
export function seemsUnfinished(text: string): boolean {
  const trimmed = text.trim();
  if (/[?？؟;:,…：，、]$|\.\.\.$/u.test(trimmed)) return !/[?？؟]$/u.test(trimmed);
  if (/[.!。！)\]`]$/u.test(trimmed)) return false;
  const count = [...words.segment(trimmed)].filter(({ isWordLike }) => isWordLike).length;
  return count <= 2;
}

const isTyped = ({ message, wish, replaces }: Asked): boolean =>
  message.message !== null &&
  wish === undefined &&
  replaces === undefined &&
  message.only === undefined &&
  message.task === 'answer';

/**
 * Whether a message belongs to the turn before it: typed by the same person in the same thread while nothing of
 * the answer has been shown.
 */
export function continues(asked: Asked, asker: string, before: Run): boolean {
  return (
    before.asker === asker &&
    !before.shown &&
    // What a dead process had shown of a recovered answer is not known.
    !before.recovered &&
    before.stopped === undefined &&
    before.end === undefined &&
    isTyped(asked) &&
    isTyped(before.asked)
  );
}

/** Waits for the rest of a question that seems unfinished, at most `burstMs` after its last part. */
export async function settled(run: Run, burstMs: number): Promise<void> {
  if (!isTyped(run.asked)) return;
  while (run.stopped === undefined && seemsUnfinished(wordsOf(run.asked))) {
    const { version } = run;
    await Promise.race([after(burstMs), changed(run)]);
    if (run.version === version) return;
    run.attempt = new AbortController();
  }
}

const after = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

const changed = ({ attempt: { signal } }: Run) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
