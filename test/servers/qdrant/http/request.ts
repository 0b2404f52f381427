import type { Catalogue } from '../engine/catalogue.ts';
import { type Collection, settle } from '../engine/collection.ts';
import type { Ranking } from '../engine/ranking.ts';
import { wrongInput } from '../engine/refusal.ts';
import { openStrictMode } from '../engine/strict.ts';
import type { OperationName } from './routes.ts';

export type Request = {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** As the contract has it. */
  readonly body: unknown;
};
export type Served = {
  readonly catalogue: Catalogue;
  readonly ranking: Ranking;
  readonly version: string;
  /** Takes part of a collection's allowance (`read_rate_limit`, `write_rate_limit`) or refuses. */
  readonly allow: (kind: 'read' | 'write', collection: Collection, cost: number) => void;
  /** What was acknowledged and refused later. */
  readonly refusedLater: (failure: unknown) => void;
};

/** Text that is no JSON: probes and metrics. */
export class Plain {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** A reply that stands without `result`, `status` and `time`. */
export class Bare {
  readonly body: object;
  constructor(body: object) {
    this.body = body;
  }
}

type Handler = (request: Request, served: Served) => unknown;
export type Handlers<Name extends OperationName> = Readonly<Record<Name, Handler>>;

/** Does it now, or acknowledges it and does it before the next write or at the next turn, whichever is first. */
export function updated(
  request: Request,
  { catalogue, allow, refusedLater }: Served,
  change: (collection: Collection) => number,
): object {
  const collection = catalogue.open(nameIn(request));
  timed(request, collection);
  allow('write', collection, 1);
  if (request.query.get('wait') === 'true') {
    return { operation_id: change(collection), status: 'completed' };
  }
  const operation_id = collection.operation + collection.pending.length;
  collection.pending.push(() => {
    try {
      change(collection);
    } catch (failure) {
      refusedLater(failure);
    }
  });
  setImmediate(() => settle(collection));
  return { operation_id, status: 'acknowledged' };
}

export function reading(request: Request, { catalogue, allow }: Served, cost: number): Collection {
  const collection = catalogue.open(nameIn(request));
  timed(request, collection);
  allow('read', collection, cost);
  return collection;
}

function timed({ query }: Request, collection: Collection): void {
  const seconds = query.get('timeout');
  if (seconds !== null) openStrictMode(collection).timeout(Number(seconds));
}

export function nameIn({ params }: Request): string {
  const name = params['collection_name'];
  if (name === undefined) throw wrongInput('Empty collection name');
  return name;
}
