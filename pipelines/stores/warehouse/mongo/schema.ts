import type { Document } from 'mongodb';
import { documentKinds } from '../document.ts';

const text = { bsonType: 'string' };
const textOrNull = { bsonType: ['string', 'null'] };
const revision = { bsonType: ['int', 'long'], minimum: 1 };
const stamp = { bsonType: 'timestamp' };

const live = of('live', {
  ...{ changed: stamp, id: text, origin: text, revision },
  ...{ kind: { enum: [...documentKinds] }, platform: text, source: text },
  author: strictly({ id: text, name: text }),
  ...{ link: text, title: text, publishedAt: textOrNull, language: textOrNull, content: text },
  publishedMs: { bsonType: ['double', 'int', 'long', 'null'] },
  ...{ collectedAt: text, extras: text },
  contentHash: { bsonType: 'string', minLength: 64, maxLength: 64 },
});
const tombstone = of('tombstone', { changed: stamp, id: text, origin: text, revision });
const forgotten = of('forgotten', {}, { changed: stamp });
const mark = of('mark', { changed: stamp });

/** What the server holds every write to, where it can: the states that `Stored` describes, and nothing between them. */
export const storedJsonSchema: Document = {
  bsonType: 'object',
  oneOf: [live, tombstone, forgotten, mark],
};

function of(state: string, required: Document, optional: Document = {}): Document {
  return strictly({ _id: text, state: { enum: [state] }, ...required }, optional);
}

function strictly(required: Document, optional: Document = {}): Document {
  return {
    bsonType: 'object',
    required: Object.keys(required),
    properties: { ...required, ...optional },
    additionalProperties: false,
  };
}
