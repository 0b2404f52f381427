import type { Frame } from '../models/wire.ts';
import type { Settings } from './settings.ts';
import type { Chat, Engine } from './types.ts';
import type { Written } from './written.ts';

type Said = {
  readonly chat: Chat;
  readonly written: Written;
  readonly promptTokens: number;
};

/** The reply as the events of a stream. */
export function chunks(
  settings: Settings,
  { chat, written, promptTokens }: Said,
): readonly Frame[] {
  const { engine } = settings;
  const head = headOf(settings, chat, 'chat.completion.chunk');
  const frame = (type: Frame['type'], more: object): Frame => ({
    type,
    data: JSON.stringify({ ...head, ...more }),
  });
  const choice = (type: Frame['type'], delta: object, finish: string | null = null): Frame =>
    frame(type, {
      choices: [{ index: 0, delta, ...logprobs(engine), finish_reason: finish }],
      ...(engine === 'tgi' && { usage: null }),
    });

  // TGI and Ollama name the role each time; the others first, with nothing said.
  const repeats = engine === 'tgi' || engine === 'ollama';
  const role = { role: 'assistant' };
  const opening = repeats ? [] : [choice('event', { ...role, ...OPENINGS[engine] })];
  const pieces = [...written.pieces];
  // TGI says why it stopped with the last token, which after a whole reply is the silent end of text.
  const last = engine === 'tgi' && written.finish !== 'stop' ? pieces.pop() : undefined;
  const texts = pieces.map((content) => choice('text', { ...(repeats && role), content }));
  const silent = repeats ? { ...role, content: '' } : (CLOSINGS[engine] ?? {});
  const closing =
    last === undefined
      ? [choice('finish', silent, written.finish)]
      : [choice('finish', { ...role, content: last }, written.finish)];
  const usage = { usage: usageOf(promptTokens, written), choices: [] };
  return [
    ...opening,
    ...texts,
    ...closing,
    ...(chat.includeUsage && settings.usage
      ? [frame('event', engine === 'tgi' ? { ...usage, id: '' } : usage)]
      : []),
    { type: 'event', data: '[DONE]' },
  ];
}

/** What engines that name the role first say besides, and what is left when all is said. */
const OPENINGS: Partial<Record<Engine, object>> = {
  vllm: { content: '' },
  sglang: { content: '' },
  llamacpp: { content: null },
};
const CLOSINGS: Partial<Record<Engine, object>> = {
  vllm: { content: '' },
  sglang: { content: '' },
};

/** The reply in one piece. */
export function completion(settings: Settings, { chat, written, promptTokens }: Said): object {
  const message = { role: 'assistant', content: written.pieces.join('') };
  return {
    ...headOf(settings, chat, 'chat.completion'),
    choices: [{ index: 0, message, ...logprobs(settings.engine), finish_reason: written.finish }],
    usage: usageOf(promptTokens, written),
  };
}

/** OpenAI's field, which llama.cpp leaves out where nobody asked for it. */
function logprobs(engine: Engine): object {
  return engine === 'llamacpp' ? {} : { logprobs: null };
}

function headOf({ engine, model, maxTotalTokens }: Settings, chat: Chat, object: string) {
  return {
    object,
    id: engine === 'tgi' ? '' : `chatcmpl-${maxTotalTokens}`,
    created: 1_790_000_000,
    // TGI echoes what was asked for, whoever spoke.
    model: chat.model ?? model,
    system_fingerprint: FINGERPRINTS[engine],
  };
}

const FINGERPRINTS: Readonly<Record<Engine, string>> = {
  tgi: '3.3.7-sha-db931fc',
  vllm: '',
  sglang: '',
  llamacpp: 'b7000-abcdef0',
  ollama: 'fp_ollama',
  'openai-compatible': '',
};

function usageOf(promptTokens: number, { pieces }: Written) {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: pieces.length,
    total_tokens: promptTokens + pieces.length,
  };
}
