import { randomUUID } from 'node:crypto';
import { markedText } from '../../../pipelines/inference/ask.ts';
import type { ShownAnswer } from '../schemas/answer.ts';
import type { ShownEvent } from '../schemas/events.ts';
import type { Completion, CompletionChunk, CompletionUsage, Extension } from '../schemas/openai.ts';
import { asEvent } from '../sse.ts';
import type { Form } from './respond.ts';

type Ended = Pick<
  ShownAnswer,
  'cited' | 'sources' | 'trace' | 'outcome' | 'fallbacks' | 'generation'
>;

/**
 * An answer in OpenAI's chat protocol: marks [n] stand in the content, and what they name beside it.
 *
 * @param withUsage whether the stream ends in a chunk of its own with the tokens it took
 */
export function completionForm(twin: string, withUsage: boolean): Form<Completion> {
  const shared = {
    id: `chatcmpl-${randomUUID()}`,
    created: Math.floor(Date.now() / 1_000),
    model: twin,
  };
  const chunk = (
    delta: CompletionChunk['choices'][number]['delta'],
    finish: 'stop' | null = null,
  ): CompletionChunk => ({
    ...shared,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    ...(withUsage && { usage: null }),
  });

  return {
    whole: ({ answer, ...ended }) => {
      const content = answer + honestly(ended.words);
      const message = { role: 'assistant' as const, content, refusal: null };
      const usage = usageOf(ended);
      return {
        ...shared,
        object: 'chat.completion',
        choices: [{ index: 0, message, logprobs: null, finish_reason: 'stop' }],
        ...(usage && { usage }),
        understudy: extensionOf(ended),
      };
    },
    async *pieces(events) {
      yield asEvent(chunk({ role: 'assistant', content: '' }));
      let sources: Extension['sources'] = [];
      for await (const event of events) {
        if (event.type === 'sources') sources = event.sources;
        if (event.type === 'text') {
          yield asEvent(chunk({ content: markedText(event.text, event.citations) }));
        }
        // Without a finish reason and `[DONE]`: nobody should take what there is for an answer.
        if (event.type === 'error' || event.type === 'stopped') yield asEvent(errorOf(event));
        if (event.type === 'done') {
          const ended = { ...event, sources };
          const line = honestly(event.words);
          if (line !== '') yield asEvent(chunk({ content: line }));
          yield asEvent({ ...chunk({}, 'stop'), understudy: extensionOf(ended) });
          const usage = usageOf(ended);
          if (withUsage && usage) yield asEvent({ ...chunk({}), choices: [], usage });
          yield 'data: [DONE]\n\n';
        }
      }
    },
  };
}

/** These clients show the content and nothing else: what people should know has to stand there. */
const honestly = (words: string | null): string => (words === null ? '' : `\n\n*${words}*`);

const extensionOf = ({ cited, sources, trace, outcome, fallbacks }: Ended): Extension => ({
  citations: cited,
  sources,
  trace,
  outcome,
  fallbacks,
});

/** Undefined where a model wrote the answer and its server did not tell: a made-up number is worse than none. */
function usageOf({ generation }: Ended): CompletionUsage | undefined {
  if (generation === null) return { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };
  if (generation.usage === null) return undefined;
  const { promptTokens, completionTokens } = generation.usage;
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  };
}

function errorOf(event: Extract<ShownEvent, { type: 'error' | 'stopped' }>) {
  const { code, message } =
    event.type === 'error'
      ? event.error
      : { code: `stopped.${event.reason}`, message: event.words ?? 'The answer was stopped.' };
  return { error: { message, type: 'server_error', param: null, code } };
}
