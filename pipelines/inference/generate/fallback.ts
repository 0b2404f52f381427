import { stems } from '../../serving/chat/extractive/terms.ts';
import type { ChatModel, ChatPart, FallbackReason } from '../../serving/chat/port.ts';
import { failedStream } from '../failure.ts';
import { fallbackOf } from '../fallback.ts';
import { closingOf } from './reader/code.ts';

export type FallbackSettings = {
  /** Longest time until the model shows something, in milliseconds; to be below the deadline of a whole answer. */
  readonly firstTextMs: number;
};

const shipped: FallbackSettings = { firstTextMs: 10_000 };

type Trouble = { readonly reason: FallbackReason; readonly code: string };

/**
 * A model that answers, and one that answers in its stead.
 *
 * Fails the first before it has shown anything, or takes too long about it: a `fallback` part that says why, then all
 * that the second says, its `unsupported` included. Fails it later: a `fallback` part with `cut`, then what the second
 * has to add, then `finish`. That is always `stop`: something was said, so the answer is no abstention. A second that
 * fails too fails the stream. An abort is nobody's failure: it ends the stream with its reason.
 */
export function withFallback(
  primary: ChatModel,
  extractive: ChatModel,
  { firstTextMs }: FallbackSettings = shipped,
): ChatModel {
  return {
    name: primary.name,
    async *stream(request, signal) {
      let said = '';
      let hasEnded = false;
      let trouble: Trouble;
      const leave = new AbortController();
      const stop = signal ? AbortSignal.any([signal, leave.signal]) : leave.signal;
      const parts = primary.stream(request, stop)[Symbol.asyncIterator]();
      const late = timeLimit(firstTextMs);
      try {
        for (;;) {
          const coming = parts.next();
          const next = await (said === '' ? Promise.race([coming, late.passed]) : coming);
          if (next === 'late') {
            trouble = { reason: 'late', code: 'chat.first-text' };
            break;
          }
          signal?.throwIfAborted();
          if (next.done === true) {
            trouble = troubleOf(failedStream(primary.name));
            break;
          }
          if (next.value.type === 'text') {
            late.clear();
            said += next.value.text;
          }
          hasEnded = next.value.type === 'finish';
          yield next.value;
          if (hasEnded) return;
        }
      } catch (failure) {
        signal?.throwIfAborted();
        trouble = troubleOf(failure);
      } finally {
        late.clear();
        if (!hasEnded) leave.abort();
        // Not awaited: a stream that hangs would hang here too.
        void parts.return?.()?.catch(() => undefined);
      }
      if (said === '') {
        yield { type: 'fallback', ...trouble };
        yield* extractive.stream(request, signal);
        return;
      }
      yield* closed(said);
      yield { type: 'fallback', ...trouble, reason: 'cut' };
      yield* remainder(extractive.stream(request, signal), said);
    },
  };
}

/** What stands open in the text would swallow what follows. */
function* closed(said: string): Generator<ChatPart> {
  const closing = closingOf(said);
  if (closing !== '') yield { type: 'text', text: closing, citations: [] };
}

/** Share of a quotation's stems that must be new for it to be worth adding. */
const newShare = 0.25;

/** What the quotations add, each as a paragraph or running on as it was; the first begins a paragraph. */
async function* remainder(
  quotations: AsyncIterable<ChatPart>,
  before: string,
): AsyncGenerator<ChatPart> {
  const said = new Set(stems(before));
  let skipped = true;
  for await (const part of quotations) {
    if (part.type === 'finish') {
      yield { ...part, reason: part.reason === 'unsupported' ? 'stop' : part.reason };
      return;
    }
    if (part.type === 'text') {
      const words = stems(part.text);
      const isNew = words.filter((stem) => !said.has(stem)).length > newShare * words.length;
      if (!isNew) {
        skipped = true;
        continue;
      }
      yield skipped ? { ...part, text: `\n\n${part.text.trimStart()}` } : part;
      skipped = false;
    } else yield part;
  }
  throw failedStream('the extractive answerer');
}

function troubleOf(failure: unknown): Trouble {
  const { reason, code } = fallbackOf('generate', failure);
  return { reason, code };
}

function timeLimit(ms: number) {
  const { promise: passed, resolve } = Promise.withResolvers<'late'>();
  const timer = setTimeout(() => resolve('late'), ms);
  return { passed, clear: () => clearTimeout(timer) };
}
