import { setTimeout as sleep } from 'node:timers/promises';
import { PermanentError } from '../../../pipelines/stores/errors.ts';
import type { Page } from '../answer/components.ts';
import type { Trouble } from '../failure.ts';
import type { Wire } from '../wire.ts';
import { placeholder } from './body.ts';
import { type Created, createSlot, NowhereToWrite, nonceOf } from './create.ts';
import { editSlot, removeSlot, tokenTroubles } from './edit.ts';
import type { Home, Slot, Standing } from './slot.ts';

/** The one who writes an answer: one request at a time, always towards what is wanted by now. */
export type Writer = {
  /** There will be something to show: finds out where, while it is still being made. */
  prepare(): void;
  /** Wants this shown; what was wanted before and is not shown yet never will be. */
  show(pages: () => readonly Page[]): void;
  /** Resolves when exactly these pages stand; throws what cannot be mended. */
  settle(pages: () => readonly Page[]): Promise<void>;
  /** Writes nothing more; resolves when what was on its way has arrived. */
  retire(): Promise<void>;
  /** What stands by now. */
  standing(): Standing;
  /** Takes away everything that stands. */
  remove(): Promise<void>;
};

export type WriterPorts = {
  readonly wire: Wire;
  readonly now: () => number;
  readonly editEveryMs: number;
  /** The same for the same answer in any process. */
  readonly seed: string;
  /** What stands of this answer already, to be written over. */
  readonly standing: Standing;
  /** Where messages go that do not stand yet; asked for once there is something to show. */
  readonly home: () => Promise<Home>;
  /** Finds the message of a deferred answer whose id nobody told, once its token is of no use any more. */
  readonly seek: () => Promise<Slot | undefined>;
  /** Told whenever messages of the answer have come or gone. */
  readonly stands: (standing: Standing) => Promise<void>;
};

/** `ours`: it showed something that this writer wrote, so somebody took it away when it is gone. */
type Row = { slot: Slot; shown: string | undefined; ours: boolean };

export function openWriter(ports: WriterPorts): Writer {
  const rows: Row[] = ports.standing.slots.map((slot) => ({ slot, shown: undefined, ours: false }));
  const ending = Promise.withResolvers<void>();
  let wanted: (() => readonly Page[]) | undefined;
  let final = false;
  let retired = false;
  let failure: { readonly error: unknown } | undefined;
  let working: Promise<void> | undefined;
  let place: Promise<Home> | undefined;
  let home: Home | undefined;
  let { posted } = ports.standing;

  const work = async (): Promise<void> => {
    // What arrives in one go is shown in one go.
    await new Promise(setImmediate);
    while (wanted !== undefined && !retired) {
      const pages = wanted();
      wanted = undefined;
      if ((await reach(pages)) && !final) {
        await Promise.race([sleep(ports.editEveryMs, undefined, { ref: false }), ending.promise]);
      }
    }
  };

  /** Writes page by page; leaves off where something newer is wanted. False when nothing had to be written. */
  const reach = async (pages: readonly Page[]): Promise<boolean> => {
    let wrote = false;
    for (const [index, page] of pages.entries()) {
      const key = JSON.stringify(page);
      while (rows[index]?.shown !== key) {
        if (retired || (wrote && wanted !== undefined)) return wrote;
        await put(index, page, key);
        wrote = true;
      }
    }
    while (final && rows.length > pages.length) {
      const extra = rows.pop();
      if (extra !== undefined && !(await removeSlot(ports, extra.slot))) {
        await editSlot(ports, extra.slot, placeholder);
      }
      await tell();
    }
    return wrote;
  };

  const put = async (index: number, page: Page, key: string): Promise<void> => {
    const row = rows[index];
    if (row === undefined) return create(index, page, key);
    // What stood before this writer came stands for another turn, or for nobody yet.
    const untold = row.shown === undefined;
    const edited = await editSlot(ports, row.slot, page);
    row.slot = edited.slot;
    if (edited.done) {
      row.shown = key;
      row.ours = true;
      if (untold) await tell();
      return;
    }
    await replace(index, row, edited.why);
  };

  /** The message cannot be edited: makes room for another in its place, without its text standing twice. */
  const replace = async (index: number, row: Row, why: Trouble): Promise<void> => {
    if (why === 'gone' && row.ours) {
      throw new PermanentError('Somebody removed the answer while it was being written.', {
        code: 'discord.answer-removed',
      });
    }
    if (why === 'old' && !(await removeSlot(ports, row.slot))) {
      throw new PermanentError('An old answer can be neither edited nor removed just now.', {
        code: 'discord.answer-stuck',
        hint: 'Discord limits edits of messages older than an hour; ask again in a while.',
      });
    }
    if (tokenTroubles.has(why)) {
      if (row.slot.ephemeral || row.slot.message !== null) throw new NowhereToWrite();
      const found = await ports.seek();
      if (found !== undefined) {
        row.slot = found;
        return;
      }
    }
    // Its successor stands last in the channel: what came after it must stand after that again.
    const [, ...later] = rows.splice(index);
    for (const { slot } of later) await removeSlot(ports, slot);
    await tell();
  };

  const create = async (index: number, page: Page, key: string): Promise<void> => {
    home ??= await whereTo();
    const taken = new Set(rows.map(({ slot }) => slot.message));
    let made: Created;
    do {
      // Counted once it stands: what may have arrived is asked for under its nonce again.
      const nonce = nonceOf(ports.seed, posted + 1);
      made = await createSlot(ports, home, page, { nonce, first: index === 0 });
      posted += 1;
      // An earlier writer of the same answer used this nonce for a message that stands already.
    } while (taken.has(made.slot.message));
    // What one way refused once is not asked for again, page by page.
    home = { ...home, channel: made.slot.through ? null : made.slot.channel, instead: null };
    rows.splice(index, 0, {
      slot: made.slot,
      shown: made.shown ? key : undefined,
      ours: made.shown,
    });
    await tell();
  };

  const whereTo = () => {
    place ??= ports.home();
    return place;
  };

  const standing = (): Standing => ({ slots: rows.map(({ slot }) => slot), posted });

  const tell = () => ports.stands(standing());

  const start = (): void => {
    if (failure !== undefined || retired) return;
    working ??= work()
      .catch((error: unknown) => {
        failure = { error };
      })
      .finally(() => {
        working = undefined;
        if (wanted !== undefined) start();
      });
  };

  const stop = async (): Promise<void> => {
    ending.resolve();
    await working;
  };

  return {
    prepare() {
      // Whoever writes first meets the failure, if there is one.
      if (rows.length === 0) whereTo().catch(() => undefined);
    },
    show(pages) {
      if (final || retired) return;
      wanted = pages;
      start();
    },
    async settle(pages) {
      final = true;
      wanted = pages;
      start();
      ending.resolve();
      while (working !== undefined) await working;
      if (failure !== undefined) throw failure.error;
    },
    async retire() {
      retired = true;
      await stop();
    },
    standing,
    async remove() {
      retired = true;
      await stop();
      for (const { slot } of rows.splice(0)) await removeSlot(ports, slot);
      await tell();
    },
  };
}
