import { sha256 } from '../identity.ts';

/** Something that is kept, by name, and a word that is another whenever it is another. */
export type Mark = { readonly id: string; readonly digest: string };

/**
 * One kind of thing that stores keep, as it is moved between them: exactly as it is, numbers and times included,
 * which the stores' own ports never write.
 */
export type Part<Item> = {
  /** In ascending order of id (bytewise), cheaply. */
  marks(): AsyncIterable<Mark>;
  read(id: string): Promise<Item | undefined>;
  /** Puts it exactly so, whatever was there before; doing it twice changes nothing. */
  write(id: string, item: Item): Promise<void>;
  /** Takes away what only the target has. Absent where that would be somebody else's: then it is refused. */
  remove?(id: string): Promise<void>;
  /** Where one has to be there before the next. */
  readonly oneByOne?: boolean;
};

/** As stores order text: by its UTF-8 bytes. */
export const compareIds = (a: string, b: string): number =>
  Buffer.compare(Buffer.from(a), Buffer.from(b));

export type PartProgress = {
  readonly part: string;
  /** How far: of the source's things, those that were looked at. */
  readonly seen: number;
  readonly moved: number;
};

/** How many are on their way at once: servers are waited for. */
const atOnce = 8;
const tellEvery = 100;

/** What only the target has. */
export async function strangersOf<Item>(
  from: Part<Item>,
  to: Part<Item>,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const known = from.marks()[Symbol.asyncIterator]();
  const strangers: string[] = [];
  let mark = await known.next();
  try {
    for await (const { id } of to.marks()) {
      signal?.throwIfAborted();
      while (!mark.done && compareIds(mark.value.id, id) < 0) mark = await known.next();
      if (mark.done || mark.value.id !== id) strangers.push(id);
    }
  } finally {
    await known.return?.();
  }
  return strangers;
}

/**
 * Copies what the target lacks or has otherwise. Both are walked side by side in order of id, so what an earlier,
 * interrupted run brought over is only looked at.
 */
export async function* movePart<Item>(
  part: string,
  from: Part<Item>,
  to: Part<Item>,
  signal?: AbortSignal,
): AsyncGenerator<PartProgress> {
  let seen = 0;
  let moved = 0;
  let waiting: Mark[] = [];
  const flush = async () => {
    const results = await Promise.allSettled(waiting.map(({ id }) => copy(id, from, to)));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
    moved += waiting.length;
    waiting = [];
  };
  const there = to.marks()[Symbol.asyncIterator]();
  let other = await there.next();
  try {
    for await (const mark of from.marks()) {
      signal?.throwIfAborted();
      while (!other.done && compareIds(other.value.id, mark.id) < 0) {
        await to.remove?.(other.value.id);
        other = await there.next();
      }
      const known = !other.done && other.value.id === mark.id ? other.value : undefined;
      if (known?.digest !== mark.digest) waiting.push(mark);
      if (known) other = await there.next();
      if (to.oneByOne || waiting.length >= atOnce) await flush();
      seen += 1;
      if (seen % tellEvery === 0) yield { part, seen, moved };
    }
    for (; !other.done; other = await there.next()) await to.remove?.(other.value.id);
  } finally {
    await there.return?.();
  }
  await flush();
  yield { part, seen, moved };
}

/** Gone from the source since its mark was read: then there is nothing to copy. */
async function copy<Item>(id: string, from: Part<Item>, to: Part<Item>): Promise<void> {
  const item = await from.read(id);
  if (item !== undefined) await to.write(id, item);
}

export type Counted = {
  readonly count: number;
  /** sha256 over everything in order of id: the same on both sides exactly when all of it is the same. */
  readonly hash: string;
};

/** Reads everything of a part and adds it up. */
export async function countPart<Item>(part: Part<Item>, signal?: AbortSignal): Promise<Counted> {
  let count = 0;
  let hash = sha256('');
  for await (const { id } of part.marks()) {
    signal?.throwIfAborted();
    const item = await part.read(id);
    if (item === undefined) continue;
    count += 1;
    hash = sha256(`${hash}\n${id}\n${canonical(item)}`);
  }
  return { count, hash };
}

/** A digest of something whole that does not depend on the order of its fields. */
export const digestOf = (item: unknown): string => sha256(canonical(item));

/** JSON that does not depend on the order of fields; vectors by their bytes. */
function canonical(item: unknown): string {
  return JSON.stringify(item, (_key, value: unknown) => {
    if (value instanceof Float32Array) {
      return sha256(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    }
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
