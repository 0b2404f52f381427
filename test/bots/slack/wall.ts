import { setImmediate } from 'node:timers/promises';
import type { Surface } from '../../../bots/slack/stream/surface.ts';
import type { Outcome } from '../../../bots/slack/web/call.ts';

/** What meets the n-th call, counted from 0 over calls that write. */
export type Trouble = { readonly at: number } & (
  | { readonly kind: 'unknown'; readonly effect: boolean }
  | { readonly kind: 'refused'; readonly error: string }
  /** Nobody is there for so many calls. */
  | { readonly kind: 'outage'; readonly calls: number }
  /** Slack ends all streams before the call. */
  | { readonly kind: 'expire' }
  /** Somebody deletes the message that the call is about. */
  | { readonly kind: 'vanish' }
);

type Shown = { text: string; closing: string | undefined; streaming: boolean };

/** A thread that keeps what it is told as Slack does, without a network between. */
export function openWall(
  troubles: readonly Trouble[],
  { most = Number.POSITIVE_INFINITY }: { readonly most?: number } = {},
) {
  const messages = new Map<string, Shown>();
  const placed = new Set<string>();
  const calls: string[] = [];
  const statuses: (string | null)[] = [];
  let writes = 0;
  let running = 0;
  let gate: PromiseWithResolvers<void> | undefined;
  let held = 0;
  let next = 0;

  const isAway = () =>
    troubles.some(
      (each) => each.kind === 'outage' && writes >= each.at && writes < each.at + each.calls,
    );

  const refused = (error: string): Outcome<never> => ({
    kind: 'refused',
    error,
    needed: undefined,
  });

  const write = async <T>(
    name: string,
    size: number,
    effect: () => Outcome<T>,
    id?: string,
  ): Promise<Outcome<T>> => {
    calls.push(name);
    running += 1;
    if (gate) {
      held += 1;
      await gate.promise;
    }
    await setImmediate();
    running -= 1;
    const away = isAway();
    const here = troubles.filter(({ at }) => at === writes);
    writes += 1;
    if (away) return { kind: 'unknown', cause: new Error('nobody there') };
    for (const each of here) {
      if (each.kind === 'expire') for (const shown of messages.values()) shown.streaming = false;
      if (each.kind === 'vanish' && id !== undefined) messages.delete(id);
    }
    const trouble = here.find(({ kind }) => kind === 'unknown' || kind === 'refused');
    if (trouble?.kind === 'refused' && fits(name, size, trouble.error)) {
      if (trouble.error === 'message_not_in_streaming_state') {
        for (const shown of messages.values()) shown.streaming = false;
      }
      return refused(trouble.error);
    }
    if (trouble?.kind === 'unknown') {
      if (trouble.effect) effect();
      return { kind: 'unknown', cause: new Error('cut') };
    }
    return effect();
  };

  const make = (shown: Shown): Outcome<string> => {
    if (shown.text.length > most) return refused('msg_too_long');
    next += 1;
    const id = `${next}.0`;
    messages.set(id, shown);
    return { kind: 'done', value: id };
  };

  const change = (id: string, streaming: boolean, how: (shown: Shown) => string | undefined) => {
    const shown = messages.get(id);
    if (shown === undefined) return refused('message_not_found');
    if (streaming && !shown.streaming) return refused('message_not_in_streaming_state');
    if (!streaming && shown.streaming) return refused('streaming_state_conflict');
    const text = how(shown) ?? shown.text;
    if (text.length > most) return refused('msg_too_long');
    shown.text = text;
    return { kind: 'done', value: undefined } as const;
  };

  const surface: Surface<string> = {
    start: (text) =>
      write('start', text.length, () => make({ text, closing: undefined, streaming: true })),
    append: (id, text) =>
      write('append', text.length, () => change(id, true, (shown) => shown.text + text), id),
    stop: (id, text, look) =>
      write(
        'stop',
        text.length,
        () => {
          const outcome = change(id, true, (shown) => shown.text + text);
          const shown = messages.get(id);
          if (outcome.kind === 'done' && shown) {
            shown.streaming = false;
            shown.closing = look.kind === 'closed' ? look.closing : undefined;
          }
          return outcome;
        },
        id,
      ),
    post: (text, look) =>
      write('post', text.length, () =>
        make({
          text,
          closing: look.kind === 'closed' ? look.closing : undefined,
          streaming: false,
        }),
      ),
    // Repeated until its effect is known, as the real one is.
    async edit(id, text, look) {
      while (true) {
        const effect = () => {
          const edited = change(id, false, () => text);
          const shown = messages.get(id);
          if (edited.kind === 'done' && shown) {
            shown.closing = look.kind === 'closed' ? look.closing : undefined;
          }
          return edited;
        };
        const outcome = await write('edit', text.length, effect, id);
        if (outcome.kind !== 'unknown') return outcome;
      }
    },
    async remove(id) {
      while (true) {
        const outcome = await write('remove', 0, () =>
          messages.delete(id)
            ? ({ kind: 'done', value: undefined } as const)
            : refused('message_not_found'),
        );
        if (outcome.kind !== 'unknown') return outcome;
      }
    },
    async grows(id) {
      await setImmediate();
      if (isAway()) return undefined;
      return messages.get(id)?.streaming;
    },
    async find(known) {
      calls.push('find');
      // Tried a few times, as the real one is.
      for (let tries = 1; isAway(); tries += 1) {
        writes += 1;
        if (tries === 6) return { kind: 'unknown', cause: new Error('nobody there') };
      }
      const found = [...messages.keys()].find((id) => !known.includes(id) && !placed.has(id));
      return { kind: 'done', value: found };
    },
    async status(stage) {
      statuses.push(stage);
    },
  };

  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await setImmediate();
  };

  return {
    surface,
    /** A message that stood here before. */
    place(text: string): string {
      next += 1;
      const id = `${next}.0`;
      messages.set(id, { text, closing: undefined, streaming: false });
      placed.add(id);
      return id;
    },
    visible: () => [...messages.values()].map(({ text }) => text),
    closings: () => [...messages.values()].flatMap(({ closing }) => closing ?? []),
    streaming: () => [...messages.values()].filter((shown) => shown.streaming).length,
    calls: () => calls,
    statuses: () => statuses,
    hold() {
      gate = Promise.withResolvers();
    },
    held: () => held,
    release() {
      gate?.resolve();
      gate = undefined;
    },
    until,
    /** Waits until nothing has been called for a few turns of the event loop. */
    async calm(): Promise<void> {
      for (let quiet = 0; quiet < 6; ) {
        const before = calls.length;
        await setImmediate();
        quiet = running === 0 && calls.length === before ? quiet + 1 : 0;
      }
    },
  };
}

/** Refusals that Slack gives to the call at hand. */
function fits(name: string, size: number, error: string): boolean {
  if (error === 'message_not_in_streaming_state') return name === 'append' || name === 'stop';
  if (error === 'msg_too_long') return size > 500;
  return true;
}
