import { TransientError } from '../../../pipelines/stores/errors.ts';
import { settledValue } from '../web/call.ts';
import { begin } from './begin.ts';
import { endOfMessage } from './cut.ts';
import { sealPart } from './edit.ts';
import type { ScreenOptions } from './options.ts';
import { endPart, writePart } from './part.ts';
import { openPulse } from './pulse.ts';
import type { Look, Surface, Task } from './surface.ts';
import { halt, startOver, type Writing, withoutMissing } from './writing.ts';

/**
 * An answer on its way to the people who read it: unopened, then open with an offset up to which Slack confirmed
 * the text, then sealed. There is one writer; whatever arrives while a call is under way goes with the next one.
 * A call whose effect nobody knows is never made again: the message it was about is replaced as a whole.
 */
export type Screen<Closing> = {
  /** What is being done, until there is text. */
  status(stage: string): void;
  task(task: Task): void;
  /** The answer so far, read when there is a call to make: everything it gave before, and more. */
  show(read: () => string): void;
  /** The whole answer, and what stands under it. Throws what kept it from being shown. */
  close(text: string, closing: Closing): Promise<void>;
  /** Leaves what stands there for another answer to replace. */
  abandon(): Promise<void>;
  /** Takes everything away. */
  clear(): Promise<void>;
};

export function openScreen<Closing>(
  surface: Surface<Closing>,
  options: ScreenOptions,
): Screen<Closing> {
  const pulse = openPulse();
  const openedAtMs = performance.now();
  const reuse = [...options.reuse];
  let wanted = '';
  let unread: (() => string) | undefined;
  let stage: string | undefined;
  let stageShown: string | undefined;
  let writtenAtMs = Number.NEGATIVE_INFINITY;
  const writing: Writing<Closing> = {
    surface,
    options,
    pulse,
    parts: [],
    current: undefined,
    shownTo: 0,
    lengths: options.lengths,
    streams: options.streams,
    tasks: [],
    posted: false,
    reuse,
    dropped: 0,
  };

  const pauseMs = () => {
    if (writing.current === undefined) return 0;
    const { appendEveryMs, editEveryMs } = options;
    const everyMs = writing.current.how === 'stream' ? appendEveryMs : editEveryMs;
    return writtenAtMs + everyMs - performance.now();
  };

  const statusPauseMs = () => openedAtMs + options.statusAfterMs - performance.now();

  const pump = async (): Promise<void> => {
    while (!pulse.finishing) {
      const hasTasks = writing.streams && writing.tasks.length > 0 && reuse.length === 0;
      const pause = unread !== undefined || hasTasks ? pauseMs() : 0;
      if (pause > 0) {
        await pulse.wait(pause, 'finish');
        continue;
      }
      const text = unread?.() ?? wanted;
      unread = undefined;
      if (text.startsWith(wanted)) wanted = text;
      if (wanted.length > writing.shownTo || hasTasks) {
        await advance(writing, wanted);
        writtenAtMs = performance.now();
      } else if (stage !== stageShown && writing.parts.length === 0) {
        const early = statusPauseMs();
        if (early > 0) await pulse.wait(early, 'news');
        else {
          stageShown = stage;
          await surface.status(stageShown ?? null);
        }
      } else {
        await pulse.wait(undefined, 'news');
      }
    }
  };
  let failure: { readonly cause: unknown } | undefined;
  const pumping = pump().catch((cause: unknown) => {
    failure = { cause };
  });

  const finish = async (): Promise<void> => {
    pulse.finish();
    await pumping;
  };
  const withoutStatus = async (): Promise<void> => {
    if (stageShown !== undefined && !writing.posted) await surface.status(null);
  };

  return {
    status(next) {
      stage = next;
      pulse.news();
    },
    task(task) {
      writing.tasks.push(task);
      pulse.news();
    },
    show(read) {
      unread = read;
      pulse.news();
    },
    async close(text, closing) {
      await finish();
      if (failure) await comeBack(writing, failure.cause);
      const kept = wanted.slice(0, writing.shownTo);
      if (!text.startsWith(kept)) await startOver(writing);
      await complete(writing, text, { kind: 'closed', closing });
      for (const id of reuse.splice(0)) await surface.remove(id);
      await options.stands(writing.parts.map(({ id }) => id));
      await withoutStatus();
    },
    async abandon() {
      await finish();
      if (writing.current?.how === 'stream') await halt(writing, writing.current);
      await withoutStatus();
    },
    async clear() {
      await finish();
      const ids = [...writing.parts.map(({ id }) => id), ...reuse.splice(0)];
      for (const id of ids) settledValue(await withoutMissing(surface.remove(id)));
      await withoutStatus();
    },
  };
}

/**
 * Slack could not be reached while the answer grew. By now it may be: then all of it is written anew, over what
 * was shown, and over what may have been shown without our hearing of it.
 */
async function comeBack<C>(writing: Writing<C>, cause: unknown): Promise<void> {
  if (!(cause instanceof TransientError)) throw cause;
  await startOver(writing);
  const lost = settledValue(await writing.surface.find(writing.reuse));
  if (lost !== undefined) writing.reuse.push(lost);
}

/** Shows the text so far, in as many messages as it takes. */
async function advance<C>(writing: Writing<C>, text: string): Promise<void> {
  do {
    const part = writing.current ?? (await begin(writing, text));
    if (part === undefined) continue;
    const end = endOfMessage(text, part.from, part.shown, writing.lengths);
    const upTo = end ?? text.length;
    if (upTo > part.shown || writing.tasks.length > 0) await writePart(writing, part, text, upTo);
    if (writing.current === part && end !== undefined && part.shown >= end) {
      await sealPart(writing, part, text);
    }
  } while (writing.shownTo < text.length && !writing.pulse.finishing);
}

/** Shows all of the text and what stands under it. */
async function complete<C>(writing: Writing<C>, text: string, look: Look<C>): Promise<void> {
  writing.streams = false;
  while (true) {
    const from = writing.current?.from ?? writing.shownTo;
    const shown = writing.current?.shown ?? writing.shownTo;
    const end = endOfMessage(text, from, shown, writing.lengths);
    if (end === undefined) {
      if (await endPart(writing, text, look)) return;
      continue;
    }
    const part = writing.current ?? (await begin(writing, text));
    if (part === undefined) continue;
    if (end > part.shown) await writePart(writing, part, text, end);
    if (writing.current === part && part.shown >= end) await sealPart(writing, part, text);
  }
}
