import type { ArtefactStore } from '../artefacts/port.ts';
import { PermanentError } from '../errors.ts';
import { headersRecipe } from '../features/manifest.ts';
import type { FeatureSet, FeatureStore } from '../features/port.ts';
import type { HeaderStore } from '../headers/port.ts';
import type { Warehouse } from '../warehouse/port.ts';
import {
  type Counted,
  countPart,
  movePart,
  type Part,
  type PartProgress,
  strangersOf,
} from './part.ts';
import { artefactsPart, type Exact, featuresPart, originsPart, setsToMove } from './parts.ts';

/** One of the two places that are moved between. */
export type Side = {
  /** What people call it. */
  readonly name: string;
  readonly warehouse: Warehouse;
  readonly features: FeatureStore;
  readonly artefacts: ArtefactStore;
  readonly headerStore: HeaderStore;
  /** Null where this room is the same on both sides, so that there is nothing to move. */
  readonly exact: Exact | null;
};

export type Rooms = {
  /** Warehouse, registry, artefacts and headers. */
  readonly records: boolean;
  readonly features: boolean;
};

export type MigrateOptions = {
  /** What moves with the records although stores know nothing of it. */
  readonly others?: readonly Pair[];
  readonly signal?: AbortSignal;
};

export type MigrationEvent =
  | ({ readonly type: 'progress' } & PartProgress)
  | { readonly type: 'switched'; readonly set: string }
  | {
      readonly type: 'verified';
      readonly part: string;
      readonly from: Counted;
      readonly to: Counted;
      readonly equal: boolean;
    };

/**
 * Brings everything that `from` keeps to `to`, and then compares both, thing by thing.
 *
 * May be interrupted anywhere and run again: what is there already is only looked at. While somebody still writes to
 * `from`, the comparison says so, and another run brings the rest; what the source has no more and only follows from
 * other things (passages, links, fetch memory) goes from the target too. What only saves time or is short-lived stays behind:
 * vectors computed before, queues, running conversations.
 *
 * @throws PermanentError `migrate.strangers` when the target has something that the source has not: it is another's.
 */
export async function* migrate(
  from: Side,
  to: Side,
  rooms: Rooms,
  { others = [], signal }: MigrateOptions = {},
): AsyncGenerator<MigrationEvent> {
  const sets = rooms.features ? await setsToMove(from.features) : [];
  for (const { manifest } of sets) await to.features.createSet(manifest);
  const pairs = [
    ...(rooms.records ? [...recordPairs(from, to), ...others] : []),
    ...sets.map((set) =>
      pairOf(
        `features ${set.id}`,
        featuresPart(from.features, set.id),
        featuresPart(to.features, set.id),
      ),
    ),
  ];
  // First what must never come back, so that nothing of it counts as somebody else's.
  const promises = pairs.slice(0, rooms.records ? 1 : 0);
  const rest = pairs.slice(promises.length);
  for (const pair of promises) yield* progressOf(pair, signal);
  for (const pair of rest) await pair.check(signal);
  for (const pair of rest) yield* progressOf(pair, signal);
  if (rooms.records) yield* moveHeaders(from, to, await recipesOf(from), signal);
  for (const set of sets) yield* switchTo(to.features, set);
  for (const pair of pairs) yield await pair.verify(signal);
}

async function* progressOf(pair: Pair, signal?: AbortSignal): AsyncGenerator<MigrationEvent> {
  for await (const progress of pair.move(signal)) yield { type: 'progress', ...progress };
}

/** The same kind of thing on both sides. */
export type Pair = {
  check(signal?: AbortSignal): Promise<void>;
  move(signal?: AbortSignal): AsyncGenerator<PartProgress>;
  verify(signal?: AbortSignal): Promise<MigrationEvent>;
};

function recordPairs(from: Side, to: Side): readonly Pair[] {
  if (!from.exact || !to.exact) throw new Error('Both sides have to say what they keep.');
  return [
    pairOf('promises to forget', from.exact.forgotten, to.exact.forgotten),
    pairOf('documents', from.exact.documents, to.exact.documents),
    pairOf('links', originsPart(from.warehouse), originsPart(to.warehouse)),
    pairOf('fetch memory', from.exact.fetchMemory, to.exact.fetchMemory),
    pairOf('artefacts', artefactsPart(from.artefacts), artefactsPart(to.artefacts)),
    pairOf('ledger', from.exact.ledger, to.exact.ledger),
  ];
}

export function pairOf<Item>(part: string, from: Part<Item>, to: Part<Item>): Pair {
  return {
    async check(signal) {
      if (to.remove) return;
      const strangers = await strangersOf(from, to, signal);
      if (strangers.length === 0) return;
      const some = strangers.slice(0, 3).join(', ');
      throw new PermanentError(
        `The target has ${strangers.length} of ${part} that the source has not: ${some}.`,
        {
          code: 'migrate.strangers',
          hint: 'Move into empty stores (another database, another prefix), or empty these first.',
        },
      );
    },
    move: (signal) => movePart(part, from, to, signal),
    async verify(signal) {
      const [left, right] = [await countPart(from, signal), await countPart(to, signal)];
      const equal = left.count === right.count && left.hash === right.hash;
      return { type: 'verified', part, from: left, to: right, equal };
    },
  };
}

/** Headers were paid for; they go by document, as their stores know no other way. */
async function* moveHeaders(
  from: Side,
  to: Side,
  recipes: readonly string[],
  signal?: AbortSignal,
): AsyncGenerator<MigrationEvent> {
  if (recipes.length === 0) return;
  let seen = 0;
  let moved = 0;
  for await (const document of from.warehouse.documents()) {
    signal?.throwIfAborted();
    for (const recipe of recipes) {
      const written = await from.headerStore.get(recipe, document);
      if (written.length === 0) continue;
      await to.headerStore.put(recipe, document, written);
      moved += written.length;
    }
    seen += 1;
  }
  yield { type: 'progress', part: 'headers', seen, moved };
}

/** By which headers were written that some set still carries. */
async function recipesOf({ features }: Side): Promise<readonly string[]> {
  const recipes = (await features.sets()).flatMap(({ manifest: { headers } }) =>
    headers ? [headersRecipe(headers)] : [],
  );
  return [...new Set(recipes)];
}

async function* switchTo(features: FeatureStore, set: FeatureSet): AsyncGenerator<MigrationEvent> {
  const current = await features.current();
  if (current?.id === set.id) return;
  await features.switchTo(set.id, current?.id);
  yield { type: 'switched', set: set.id };
}
