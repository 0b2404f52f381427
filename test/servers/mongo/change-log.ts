import { BSON } from 'mongodb';
import { historyLost, invalidToken, MongoFault } from './fault.ts';

export type ChangeKind = 'insert' | 'update' | 'delete' | 'drop' | 'invalidate';

type Event = { readonly at: number; readonly kind: ChangeKind; readonly document: BSON.Document };

/**
 * What happened, in order, and the streams that tell of it. A token is the position together with a field that
 * only the server understands: a client that keeps less than the whole is found out.
 */
export class ChangeLog {
  readonly #collection: string;
  readonly #cursors = new Map<
    bigint,
    { position: number; readonly project: readonly string[] | undefined }
  >();
  #events: Event[] = [];
  #end = 0;
  #oldest = 0;
  #nextCursor = 1n;
  #arrival = Promise.withResolvers<void>();

  constructor(collection: string) {
    this.#collection = collection;
  }

  add(kind: ChangeKind, document: BSON.Document = {}): void {
    this.#end += 1;
    this.#events.push({ at: this.#end, kind, document });
    this.wake();
  }

  /** Something that is none of this collection's: positions move on, and nothing is told. */
  pass(): void {
    this.#end += 1;
    this.wake();
  }

  /** The last events over again, as after a resume whose token was the one before. */
  repeat(count: number): void {
    for (const cursor of this.#cursors.values()) {
      cursor.position = Math.max(0, cursor.position - count);
    }
    this.wake();
  }

  /** As when the oplog rolls over: nobody can go on from before now. */
  loseHistory(): void {
    this.#oldest = this.#end + 1;
    this.#end += 1;
    this.#events = [];
  }

  /** Lets those who wait look again. */
  wake(): void {
    this.#arrival.resolve();
    this.#arrival = Promise.withResolvers();
  }

  /** The token of this moment. */
  get now(): BSON.Document {
    return token(this.#end);
  }

  watch(stage: BSON.Document, project: readonly string[] | undefined): BSON.Document {
    const after = stage['startAfter'] ?? stage['resumeAfter'];
    const position = after === undefined ? this.#end : this.#positionOf(after);
    const invalid = this.#events.find(({ at, kind }) => at === position && kind === 'invalidate');
    if (stage['resumeAfter'] !== undefined && invalid) throw invalidToken();
    const id = this.#nextCursor;
    this.#nextCursor += 1n;
    this.#cursors.set(id, { position, project });
    return this.#reply(id, 'firstBatch', []);
  }

  /** Waits for events up to `maxMs`. */
  async more(id: bigint, maxMs: number): Promise<BSON.Document> {
    const cursor = this.#cursors.get(id);
    if (!cursor) throw new MongoFault(43, 'CursorNotFound', `cursor id ${id} not found`);
    const from = cursor.position;
    if (from >= this.#end) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, maxMs);
      await Promise.race([promise, this.#arrival.promise]);
      clearTimeout(timer);
    }
    if (cursor.position < this.#oldest) {
      this.#cursors.delete(id);
      throw historyLost();
    }
    const events: Event[] = [];
    for (const event of this.#events.filter(({ at }) => at > cursor.position)) {
      events.push(event);
      cursor.position = event.at;
      if (event.kind === 'invalidate') break;
    }
    // A position moves on over what is none of this collection's.
    if (events.at(-1)?.kind !== 'invalidate') cursor.position = this.#end;
    const told = events.map((event) => this.#told(event, cursor.project));
    const reply = this.#reply(id, 'nextBatch', told);
    // An invalidated stream ends with that word.
    if (events.at(-1)?.kind !== 'invalidate') return reply;
    this.#cursors.delete(id);
    return { ...reply, cursor: { ...reply['cursor'], id: BSON.Long.ZERO } };
  }

  kill(ids: readonly bigint[]): void {
    for (const id of ids) this.#cursors.delete(id);
    this.wake();
  }

  #told({ at, kind, document }: Event, project: readonly string[] | undefined): BSON.Document {
    const event: BSON.Document = {
      operationType: kind,
      ns: { db: 'understudy', coll: this.#collection },
      documentKey: { _id: document['_id'] },
      ...(kind === 'insert' && { fullDocument: document }),
    };
    const kept = project
      ? Object.fromEntries(Object.entries(event).filter(([field]) => project.includes(field)))
      : event;
    return { _id: token(at), ...kept };
  }

  #reply(id: bigint, batch: 'firstBatch' | 'nextBatch', events: BSON.Document[]): BSON.Document {
    const position = this.#cursors.get(id)?.position ?? this.#end;
    return {
      ok: 1,
      cursor: {
        id: BSON.Long.fromBigInt(id),
        ns: `understudy.${this.#collection}`,
        [batch]: events,
        postBatchResumeToken: token(position),
      },
    };
  }

  #positionOf(given: BSON.Document): number {
    const position = Number.parseInt(String(given['_data']), 16);
    const whole = BSON.EJSON.stringify(given) === BSON.EJSON.stringify(token(position));
    if (Number.isNaN(position) || !whole) throw invalidToken();
    if (position < this.#oldest) throw historyLost();
    return position;
  }
}

function token(position: number): BSON.Document {
  return {
    _data: position.toString(16).padStart(16, '0'),
    _typeBits: new BSON.Binary(Buffer.from([position % 251])),
  };
}
