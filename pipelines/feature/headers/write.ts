import { z } from 'zod';
import type { Usage } from '../../serving/language-model/port.ts';
import { completedAs } from '../../serving/language-model/read.ts';
import { PermanentError, TransientError } from '../../stores/errors.ts';
import type { Chunk } from '../../stores/features/chunk.ts';
import type { StoredHeader } from '../../stores/headers/port.ts';
import type { Document } from '../../stores/warehouse/document.ts';
import { type HeadersOutcome, reasonOf } from '../events.ts';
import { type HeaderCall, headerCalls, leastContextTokens, mostContextTokens } from './calls.ts';
import { headerLine } from './line.ts';
import { wantsHeaders } from './policy.ts';
import { sumOf } from './tally.ts';
import { type HeaderWriting, recipeOfWriting } from './writing.ts';

export type HeadersMade = HeadersOutcome & {
  /** By ordinal of the passage; an empty one says that there was nothing to add. */
  readonly headers: ReadonlyMap<number, string>;
};

/** Numbers, not integers: bounds of integers in the schema are more than some engines' grammars take. */
const shape = z.object({
  contexts: z.array(z.object({ passage: z.number(), context: z.string() })),
});

/** What the model makes of this document: less at once may do, and after some runs the document is left as it is. */
const ownFailures = new Set(['chat.shape', 'chat.unfinished', 'chat.too-large', 'headers.silent']);

/**
 * The headers of a document's passages: those that are stored, and the rest from the model. Every reply is stored
 * before the next request goes out, so whoever is interrupted pays for nothing twice.
 *
 * Where the model fails, passages stay without; the store remembers it, and a later run tries again.
 *
 * @throws what the store throws, and the signal's reason
 */
export async function makeHeaders(
  document: Document,
  chunks: readonly Chunk[],
  writing: HeaderWriting,
  signal?: AbortSignal,
): Promise<HeadersMade> {
  const { model, store } = writing;
  const recipe = recipeOfWriting(writing);
  const wanted = wantsHeaders(document, chunks) ? chunks : [];
  // Even with nothing to add: what was written about earlier content goes.
  await store.put(recipe, document, []);
  const stored = await store.get(recipe, document);
  const byPlace = new Map(stored.map((header) => [placeOf(header), header.text]));
  const headers = new Map<number, string>();
  for (const chunk of wanted) {
    const known = byPlace.get(placeOf(chunk));
    if (known !== undefined) headers.set(chunk.ordinal, known);
  }
  const found = headers.size;
  let spent: Usage = { promptTokens: 0, completionTokens: 0, costUsd: 0 };
  let failure: PermanentError | TransientError | undefined;
  let leftEarly = false;
  const left = wanted.filter(({ ordinal }) => !headers.has(ordinal));
  let room = Math.min(model.contextTokens, mostContextTokens);
  const callsFor = (passages: readonly Chunk[]) => headerCalls(document, passages, room);
  const waiting = [...callsFor(left)];
  for (let call = waiting.shift(); call !== undefined; call = waiting.shift()) {
    try {
      const { written, usage } = await askFor(call, writing, document.id, signal);
      spent = sumOf(spent, usage);
      await store.put(recipe, document, written.map(headerOf));
      for (const { chunk, text } of written) headers.set(chunk.ordinal, text);
      const silent = call.passages.filter(({ ordinal }) => !headers.has(ordinal));
      if (silent.length === 0) continue;
      // Some came: the others may, too, when they stand alone.
      if (written.length > 0) waiting.unshift(...callsFor(silent));
      else throw leftOut(silent.length);
    } catch (error) {
      signal?.throwIfAborted();
      if (!isModelFailure(error)) throw error;
      failure ??= error;
      if (!ownFailures.has(error.code)) {
        // A server that is down, or refuses, will do so again.
        leftEarly = true;
        break;
      }
      if (error.code === 'chat.too-large') {
        // The estimate was wrong about this text: the same again with less of the document.
        room = Math.floor(room * 0.7);
        if (room < leastContextTokens) break;
        waiting.unshift(...callsFor(call.passages));
      } else if (call.passages.length > 1) {
        waiting.unshift(...inHalves(call.passages).flatMap(callsFor));
      }
    }
  }
  const missing = wanted.length - headers.size;
  await store.noteAttempt(recipe, document, { missing, counts: !leftEarly });
  return {
    headers,
    written: headers.size - found,
    found,
    missing,
    usage: spent,
    reason: missing > 0 ? reasonOf(failure) : null,
  };
}

type WrittenHeader = { readonly chunk: Chunk; readonly text: string };

async function askFor(
  { passages, messages, maxTokens }: HeaderCall,
  { model }: HeaderWriting,
  affinity: string,
  signal: AbortSignal | undefined,
): Promise<{ readonly written: readonly WrittenHeader[]; readonly usage: Usage | null }> {
  const completion = { name: 'contexts', shape, messages, maxTokens, adapter: null, affinity };
  const { value, usage } = await completedAs(model, completion, signal);
  const written = passages.flatMap((chunk, index) => {
    const said = value.contexts.find(({ passage }) => passage === index + 1);
    return said ? [{ chunk, text: headerLine(said.context) }] : [];
  });
  return { written, usage };
}

function inHalves(passages: readonly Chunk[]): readonly (readonly Chunk[])[] {
  const middle = Math.ceil(passages.length / 2);
  return [passages.slice(0, middle), passages.slice(middle)];
}

function leftOut(passages: number): TransientError {
  return new TransientError(`The model left out all ${passages} passages it was asked about.`, {
    code: 'headers.silent',
    hint: 'A model that keeps doing so cannot follow the prompt: serve another, or turn headers off.',
  });
}

function placeOf({ start, end }: { readonly start: number; readonly end: number }): string {
  return `${start}-${end}`;
}

function headerOf({ chunk: { start, end }, text }: WrittenHeader): StoredHeader {
  return { start, end, text };
}

function isModelFailure(error: unknown): error is PermanentError | TransientError {
  const typed = error instanceof PermanentError || error instanceof TransientError;
  return typed && (error.code.startsWith('chat.') || error.code.startsWith('headers.'));
}
