import { z } from 'zod';
import { parsedJson } from '../../json.ts';
import type { AnswerBegun } from '../port.ts';
import type { AnswerEvent } from '../types.ts';
import { eventSchemas } from './events.ts';
import { failureSchema, type SentFailure } from './failure.ts';

/**
 * An answer travels as newline-delimited JSON, one object a line: `alive` whenever there was nothing else to say for a
 * while, what the pipeline says, and `failed` where the service itself had to end it. The last line is `done`, `error`
 * or `failed`: a stream that ends without one of these failed, whatever its HTTP status was.
 */
const lineSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('alive') }),
  ...eventSchemas,
  z.object({ type: z.literal('failed'), error: failureSchema }),
]);
type Line = z.infer<typeof lineSchema>;

/** What is sent of an answer, apart from signs of life. */
export type Sent =
  | AnswerBegun
  | AnswerEvent
  | { readonly type: 'failed'; readonly error: SentFailure };

export const linesType = 'application/x-ndjson';

/** Null for what is no line of this protocol. */
export const readLine = (text: string): Line | null =>
  lineSchema.safeParse(parsedJson(text)).data ?? null;

/** Longest line that is read, in UTF-16 units: eight passages are far from it, and memory has an end. */
const longest = 4 * 1024 * 1024;

/**
 * Cuts a body into its lines, as they come in; what stands behind the last line break is none.
 *
 * @throws RangeError for what is not UTF-8 and for a line of more than 4 MiB; what the body throws
 */
export async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decoded = (bytes: Uint8Array) => {
    try {
      return decoder.decode(bytes, { stream: true });
    } catch (cause) {
      throw new RangeError('These bytes are no text.', { cause });
    }
  };
  let rest = '';
  for await (const bytes of body) {
    rest += decoded(bytes);
    let from = 0;
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n', from)) {
      yield rest.slice(from, end);
      from = end + 1;
    }
    rest = rest.slice(from);
    if (rest.length > longest) throw new RangeError('A line has no end.');
  }
}
